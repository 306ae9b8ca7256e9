-- grain: one row a bounded cell
-- scope: one publication and some indicators, as far as the caller may see
-- exclusions: none
-- limits: read from the report view, so that any account may ask
select
    b.indicator,
    b.period_kind,
    b.region_code,
    b.domain_code,
    b.insurer_id,
    b.method,
    b.method_version,
    b.low,
    b.high,
    b.shown_low,
    b.shown_high,
    b.unbounded_reason,
    b.missing_count,
    b.portfolio_completeness
from report.indicator_bound as b
where b.publication_id = :publication_id and b.indicator = any(:indicators)
