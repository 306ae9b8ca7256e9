-- Cells whose figure differs between two publications of one day.
-- Grain: one row a cell; null where a publication does not have it. changed_count is that of all, before the limit.
-- Limits: marks (provisional, completeness) are not compared.
select
    indicator,
    period_kind,
    region_code,
    domain_code,
    insurer_id,
    a.numerator as old_numerator,
    a.denominator as old_denominator,
    b.numerator as new_numerator,
    b.denominator as new_denominator,
    count(*) over () as changed_count
from (
    select v.* from mart.indicator_value as v
    where v.publication_id = :old_id
) as a
full join (
    select v.* from mart.indicator_value as v
    where v.publication_id = :new_id
) as b
    using (indicator, period_kind, region_code, domain_code, insurer_id)
where
    (a.numerator, a.denominator, a.value, a.null_reason)
    is distinct from (b.numerator, b.denominator, b.value, b.null_reason)
order by indicator, period_kind, region_code, domain_code, insurer_id
limit :max_count
