-- grain: one row an obligation as of a day, the earliest window first
-- scope: those of lead insurers that ask a service; :is_whole = also those left out and those that ask nothing
-- exclusions: a null parameter takes every value
-- limits: at most :row_limit rows; total_count says how many there are
with owed as (
    select
        o.*,
        case
            when o.done_count >= o.required_count then 'done'
            when o.window_end_date < :as_of then 'overdue'
            when o.window_start_date <= :as_of then 'due'
            else 'open'
        end as state
    from core.obligation(:as_of, :known_at) as o
    where
        coalesce(cast(:insurer_id as text), o.insurer_id) = o.insurer_id
        and coalesce(cast(:policy_no as text), o.policy_no) = o.policy_no
        and (:is_whole or (o.exclusion is null and o.required_count > 0))
)

select
    o.*,
    r.rounding,
    count(*) over () as total_count
from owed as o
left join (
    select distinct
        s.rule_no,
        s.source,
        s.rounding
    from reference.obligation_rule as s
) as r on o.rule_no = r.rule_no and o.source = r.source
left join reference.region_resolution as g
    on
        o.region_code = g.region_code
        and o.window_end_date >= g.valid_from
        and o.window_end_date <= coalesce(g.valid_to, 'infinity')
where
    coalesce(cast(:state as text), o.state) = o.state
    and (
        cast(:region_code as text) is null
        or :region_code in (o.region_code, g.county_code, g.city_code, g.province_code)
    )
order by o.window_end_date, o.insurer_id, o.obligation_no
limit cast(:row_limit as bigint)
