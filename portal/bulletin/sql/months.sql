-- Figures of a place in the months before.
-- Grain: one row a month, indicator and period, oldest first. Scope: months from :since until before :month.
-- Exclusions: cells that the caller may not see.
-- Limits: a frozen month shows its newest revision, another what is known of it now; counties by sector are not kept.
select
    i.month,
    i.source,
    i.indicator_code as code,
    i.period_kind,
    i.numerator,
    i.denominator,
    i.value,
    i.shown_text,
    i.is_provisional
from report.indicator_month as i
where
    i.month >= :since
    and i.month < :month
    and i.indicator = any(array(
        select d.indicator from report.indicator_definition as d
        where d.code = any(:codes)
    ))
    and i.region_code = :region_code
    and i.domain_code = :domain_code
    and i.insurer_id = :insurer_id
order by i.month, i.indicator_code, i.period_kind
