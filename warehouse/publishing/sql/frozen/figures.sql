-- First figures and latest revisions of a frozen month. Grain: one row a cell.
-- A null parameter takes every value; only_revised leaves out cells that are as they were first published.
select
    f.month,
    f.revision_count,
    f.indicator,
    f.indicator_code,
    f.indicator_name,
    f.unit,
    f.period_kind,
    f.region_code,
    f.region_name,
    f.domain_code,
    f.domain_name,
    f.insurer_id,
    f.insurer_name,
    f.first_numerator,
    f.first_denominator,
    f.first_value,
    f.first_text,
    f.first_is_provisional,
    f.latest_numerator,
    f.latest_denominator,
    f.latest_value,
    f.latest_text,
    f.latest_is_provisional,
    f.first_is_small_sample,
    f.latest_is_small_sample,
    f.period_text,
    f.is_revised
from report.frozen_figure as f
where
    f.month = :month
    and (cast(:indicators as text[]) is null or f.indicator = any(:indicators))
    and coalesce(cast(:period_kind as text), f.period_kind) = f.period_kind
    and coalesce(cast(:region_code as text), f.region_code) = f.region_code
    and coalesce(cast(:domain_code as text), f.domain_code) = f.domain_code
    and coalesce(cast(:insurer_id as text), f.insurer_id) = f.insurer_id
    and (f.is_revised or not :only_revised)
order by f.indicator_code, f.period_kind, f.region_code, f.domain_code, f.insurer_id
