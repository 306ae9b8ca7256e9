-- Policies whose commission is above the bound.
-- Grain: one row a policy in stock, or a held row. Scope: as report.commission_over, which the alert A07 reads too.
-- Exclusions: policies that name no commission. Limits: a held row has no area: it is shown for the whole province only.
select
    case c.state
        when 'loaded' then 'a' || to_char(c.issue_date, 'YYYY-MM-DD') else 'b' || to_char(c.held_at, 'YYYY-MM-DD')
    end as sort_key,
    case c.state
        when 'loaded' then concat_ws(':', c.insurer_id, c.policy_no)
        else concat_ws(':', c.batch_id, c.row_no, c.reason_no)
    end as row_key,
    coalesce(c.issue_date, cast(c.held_at as date)) as on_date,
    'policy' as record_type,
    c.version_id,
    c.policy_no as record_key,
    c.insurer_id,
    c.region_code,
    c.high_risk_domain_code as domain_code,
    c.state,
    c.policy_no,
    c.insured_name,
    c.issue_date,
    c.written_premium_amount,
    c.commission_ratio,
    c.bound_ratio,
    c.rule_id,
    c.batch_id,
    c.row_no
from report.commission_over(:known_at) as c
