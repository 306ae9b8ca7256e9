-- grain: one row a published cell
-- scope: one publication (null = the newest); a null parameter takes every value
-- exclusions: none
-- limits: only what was published
select
    i.publication_id,
    i.as_of,
    i.known_at,
    i.indicator,
    i.indicator_code,
    i.indicator_name,
    i.unit,
    i.period_kind,
    i.period_start,
    i.period_end,
    i.region_code,
    i.region_name,
    i.region_level,
    i.domain_code,
    i.domain_name,
    i.insurer_id,
    i.insurer_name,
    i.numerator,
    i.denominator,
    i.value,
    i.shown_value,
    i.shown_text,
    i.null_reason,
    i.completeness,
    i.is_provisional
from report.indicator as i
where
    i.publication_id = coalesce(cast(:publication_id as bigint), (
        select p.publication_id from mart.publication as p
        order by p.as_of desc, p.known_at desc limit 1
    ))
    and (cast(:indicators as text[]) is null or i.indicator = any(:indicators))
    and coalesce(cast(:period_kind as text), i.period_kind) = i.period_kind
    and coalesce(cast(:region_code as text), i.region_code) = i.region_code
    and coalesce(cast(:region_level as text), i.region_level) = i.region_level
    and coalesce(cast(:domain_code as text), i.domain_code) = i.domain_code
    and coalesce(cast(:insurer_id as text), i.insurer_id) = i.insurer_id
order by i.indicator_code, i.period_kind, i.region_code, i.domain_code, i.insurer_id
