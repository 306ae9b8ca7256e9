-- One page of a list, and how many rows it has in all.
-- Grain: one row a row of the list; a single row with no key when the page is empty.
-- Scope: the list gives sort_key, row_key, on_date, record_type, version_id, record_key, insurer_id, region_code,
--   domain_code and its own columns; former codes count for the areas that they became.
-- Exclusions: rows of no region, unless the whole province is asked for; rows of no date when a period is.
-- Limits: :row_count rows after (:after_sort, :after_row).
with known_policy as materialized (  -- noqa: ST03
    select
        p.insurer_id,
        p.policy_no,
        p.version_id,
        p.insured_name,
        p.insured_credit_code,
        p.region_code,
        p.high_risk_domain_code,
        p.issue_date,
        p.cover_start_date,
        p.cover_end_date,
        p.termination_date,
        p.written_premium_amount,
        p.commission_ratio,
        p.commission_amount,
        p.batch_id,
        p.row_no
    from report.policy_known(:known_at) as p
),

list as materialized (
    select l.*
    from (
        :slot_list
    ) as l
),

counted_in as materialized (
    select g.region_code
    from report.region as g
    where :region_code in (g.region_code, g.county_code, g.city_code)
),

chosen as materialized (
    select l.*
    from list as l
    where
        (:region_code like '__0000' or l.region_code in (select c.region_code from counted_in as c))
        and (
            :domain_code in ('*', l.domain_code) or (:domain_code = '10' and l.domain_code in ('11', '12'))
        )
        and :insurer_id in ('*', l.insurer_id)
        and (cast(:since as date) is null or l.on_date >= :since)
        and (cast(:until as date) is null or l.on_date <= :until)
)

select
    t.total,
    p.*
from (select count(*) as total from chosen) as t
left join lateral (
    select c.*
    from chosen as c
    where
        cast(:after_sort as text) is null
        or (c.sort_key, c.row_key) > (cast(:after_sort as text), cast(:after_row as text))
    order by c.sort_key, c.row_key
    limit :row_count
) as p on true
order by p.sort_key, p.row_key
