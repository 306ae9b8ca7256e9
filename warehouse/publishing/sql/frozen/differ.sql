-- Whether two publications of one day differ in any figure, or in what they call provisional. Grain: one row.
select count(*) > 0 as is_different
from (
    select v.* from mart.indicator_value as v
    where v.publication_id = :publication_id
) as a
full join (
    select v.* from mart.indicator_value as v
    where v.publication_id = :other_id
) as b
    using (indicator, period_kind, region_code, domain_code, insurer_id)
where
    (a.numerator, a.denominator, a.value, a.completeness, a.is_provisional)
    is distinct from (b.numerator, b.denominator, b.value, b.completeness, b.is_provisional)
