-- Open findings and held rows of some rules, with the area of the policy that their record belongs to.
-- Grain: one row a finding. Scope: opened and not resolved at the moment. Exclusions: whole deliveries.
-- Limits: a held row has no area; a record whose policy has not come has none either.
with told as materialized (
    select
        f.rule_id,
        f.rule_title,
        f.insurer_id,
        f.record_type,
        f.record_key,
        f.expected
    from report.finding as f
    where
        f.rule_id = any(:rules)
        and f.severity = 'warning'
        and f.record_key is not null
        and f.opened_at <= :known_at
        and (f.resolved_at is null or f.resolved_at > :known_at)
),

record as (
    select
        'policy' as record_type,
        p.insurer_id,
        p.policy_no as record_key,
        p.policy_no
    from core.policy_known(:known_at) as p
    union all
    select
        'endorsement' as record_type,
        e.insurer_id,
        e.endorsement_no as record_key,
        e.policy_no
    from core.endorsement_known(:known_at) as e
    union all
    select
        'service_record' as record_type,
        s.insurer_id,
        s.service_no as record_key,
        s.policy_no
    from core.service_record_known(:known_at) as s
    union all
    select
        'fee_expense' as record_type,
        x.insurer_id,
        x.expense_no as record_key,
        x.policy_no
    from core.fee_expense_known(:known_at) as x
)

insert into rule_finding (rule_id, rule_title, insurer_id, record_type, record_key, expected, region_code, domain_code)
select
    t.rule_id,
    t.rule_title,
    t.insurer_id,
    t.record_type,
    t.record_key,
    t.expected,
    p.region_code,
    p.high_risk_domain_code
from told as t
left join record as r
    on t.record_type = r.record_type and t.insurer_id = r.insurer_id and t.record_key = r.record_key
left join core.policy_known(:known_at) as p on r.insurer_id = p.insurer_id and r.policy_no = p.policy_no
union all
select
    h.rule_id,
    h.rule_title,
    h.insurer_id,
    h.record_type,
    coalesce(h.record_key, h.batch_id || ':' || h.row_no) as record_key,
    h.expected,
    cast(null as text) as region_code,
    cast(null as text) as domain_code
from report.held_row as h
where
    h.rule_id = any(:rules)
    and h.row_no is not null
    and h.held_at <= :known_at
    and (h.resolved_at is null or h.resolved_at > :known_at)
