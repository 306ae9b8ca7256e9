-- grain: one row a service whose report is told in the words of another enterprise's
-- scope: the process of services that took place in the days looked back, of every insurer, compared without blanks
-- exclusions: texts shorter than the letters given; the same words at one enterprise
-- limits: letters are counted, not meaning
with told as materialized (
    select
        s.insurer_id,
        s.service_no,
        s.policy_no,
        s.insured_credit_code,
        md5(regexp_replace(s.process_text, '\s', '', 'g')) as words
    from core.service_record_known(:known_at) as s
    where
        length(regexp_replace(s.process_text, '\s', '', 'g')) >= :letters
        and s.service_start_at >= (cast(:as_of as date) - cast(:days as integer)) at time zone 'Asia/Shanghai'
),

shared as (
    select
        t.words,
        count(distinct t.insured_credit_code) as enterprise_count
    from told as t
    group by t.words
    having count(distinct t.insured_credit_code) > 1
)

select
    t.insurer_id,
    p.region_code,
    p.high_risk_domain_code as domain_code,
    'service_record' as record_type,
    t.service_no as record_key,
    cast(null as date) as deadline_on,
    t.service_no,
    s.enterprise_count - 1 as others
from shared as s
inner join told as t on s.words = t.words
left join core.policy_known(:known_at) as p on t.insurer_id = p.insurer_id and t.policy_no = p.policy_no
