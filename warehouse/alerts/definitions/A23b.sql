-- grain: one row a record whose attachment is another enterprise's too
-- scope: reports of services and pictures of hazards of the days looked back, of every insurer, told by their SHA-256
-- exclusions: the same attachment at one enterprise
-- limits: evidence of expenses is not compared: one invoice may be for several enterprises
with attachment as materialized (
    select
        'service_record' as record_type,
        s.insurer_id,
        s.service_no as record_key,
        s.policy_no,
        s.insured_credit_code,
        s.report_hash as hash,
        '服务报告' as what
    from core.service_record_known(:known_at) as s
    where
        s.report_hash is not null
        and s.service_start_at >= (cast(:as_of as date) - cast(:days as integer)) at time zone 'Asia/Shanghai'
    union all
    select
        'hazard' as record_type,
        h.insurer_id,
        h.hazard_no as record_key,
        s.policy_no,
        h.insured_credit_code,
        a.hash,
        a.what
    from core.hazard_known(:known_at) as h
    left join core.service_record_known(:known_at) as s on h.insurer_id = s.insurer_id and h.service_no = s.service_no
    cross join
        lateral (
            values (h.photo_before_hash, '整改前影像'), (h.photo_after_hash, '整改后影像')
        ) as a (hash, what)
    where
        a.hash is not null
        and h.found_at >= (cast(:as_of as date) - cast(:days as integer)) at time zone 'Asia/Shanghai'
),

shared as (
    select
        a.hash,
        count(distinct a.insured_credit_code) as enterprise_count
    from attachment as a
    group by a.hash
    having count(distinct a.insured_credit_code) > 1
)

select
    a.insurer_id,
    p.region_code,
    p.high_risk_domain_code as domain_code,
    a.record_type,
    a.record_key,
    cast(null as date) as deadline_on,
    case a.record_type when 'hazard' then '隐患' else '服务' end as type,
    string_agg(distinct a.what, '、') as what,
    max(h.enterprise_count) - 1 as others
from shared as h
inner join attachment as a on h.hash = a.hash
left join core.policy_known(:known_at) as p on a.insurer_id = p.insurer_id and a.policy_no = p.policy_no
group by a.insurer_id, p.region_code, p.high_risk_domain_code, a.record_type, a.record_key
