-- grain: one row a policy whose cover ends soon
-- scope: as report.policy_ending, which the list of policies that end soon shows too
-- exclusions: followers of coinsured policies; policies that are renewed already
-- limits: a renewal is looked for by the enterprise's code
with ending as (
    select * from report.policy_ending(:as_of, :known_at, cast(:days as integer))
),

renewed as (
    select
        r.insurer_id,
        r.policy_no
    from
        report.policy_renewal(
            :known_at,
            array(
                select e.insurer_id from ending as e
                order by e.version_id
            ),
            array(
                select e.policy_no from ending as e
                order by e.version_id
            ),
            array(
                select e.last_day from ending as e
                order by e.version_id
            )
        ) as r
    where r.next_policy_no is not null
)

select
    s.insurer_id,
    s.region_code,
    s.high_risk_domain_code as domain_code,
    'policy' as record_type,
    s.policy_no as record_key,
    cast(null as date) as deadline_on,
    s.policy_no,
    s.insured_name,
    s.last_day,
    '尚未收到续保保单' as renewal
from ending as s
where (s.insurer_id, s.policy_no) not in (select
    r.insurer_id,
    r.policy_no
from renewed as r)
