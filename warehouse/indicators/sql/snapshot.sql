-- Relations that several contributions share, prepared once for a known-at moment.
-- Grain: policy_timeline one row a policy and stretch of days; known_hazard and known_payment one row a record with
--   the policy that its links lead to (policy_no null = a link is unknown, see lost_link).
-- Scope: versions known at :known_at. Limits: temporary tables of one transaction, analyzed by a small sample: how many
--   rows there are is what plans need.
set local default_statistics_target = 10;
drop table if exists pg_temp.policy_timeline, pg_temp.known_hazard, pg_temp.known_payment, pg_temp.contribution;

create temporary table policy_timeline on commit drop as
select * from core.policy_timeline(:known_at);
create index on policy_timeline (insurer_id, policy_no);

create temporary table known_hazard on commit drop as
select
    h.version_id,
    h.insurer_id,
    s.policy_no,
    case when s.version_id is null then 'service_unknown' end as lost_link,
    h.hazard_level_code,
    h.hazard_status_code,
    h.found_at,
    h.verified_at,
    cast(h.found_at at time zone 'Asia/Shanghai' as date) as found_on,
    cast(h.rectified_at at time zone 'Asia/Shanghai' as date) as rectified_on,
    cast(h.verified_at at time zone 'Asia/Shanghai' as date) as verified_on,
    h.rectify_deadline_date
from core.hazard_known(:known_at) as h
left join core.service_record_known(:known_at) as s on h.insurer_id = s.insurer_id and h.service_no = s.service_no;

create temporary table known_payment on commit drop as
select
    p.version_id,
    p.insurer_id,
    c.policy_no,
    case when c.version_id is null then 'claim_unknown' end as lost_link,
    p.payment_kind_code,
    p.paid_amount,
    cast(p.paid_at at time zone 'Asia/Shanghai' as date) as paid_on
from core.claim_payment_known(:known_at) as p
left join core.claim_known(:known_at) as c on p.insurer_id = c.insurer_id and p.report_no = c.report_no;

create temporary table contribution (
    record_type text,
    record_id bigint,
    unit text,
    insurer_id text,
    business_date date,
    domain_code text,
    numerator numeric,
    denominator numeric,
    exclusion text,
    county_code text,
    city_code text,
    province_code text
) on commit drop;

analyze policy_timeline, known_hazard, known_payment;
