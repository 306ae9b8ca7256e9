-- grain: one row an insurer and year
-- scope: amounts accrued and not paid over amounts accrued of the year that ends or has ended, as the accrued unpaid ratio
--   counts them; from December until the books of the year are closed (see the period closing_year)
-- exclusions: insurers that accrued less than the least amount; what the ratio leaves out
-- limits: a fact of an insurer, in no area
select
    c.insurer_id,
    cast(null as text) as region_code,
    cast(null as text) as domain_code,
    'fee_expense' as record_type,
    to_char(max(c.business_date), 'YYYY') as record_key,
    cast(null as date) as deadline_on,
    to_char(max(c.business_date), 'YYYY') as year,
    sum(c.denominator) as accrued,
    sum(c.numerator) as unpaid,
    round(sum(c.numerator) / sum(c.denominator) * 100, 2) || '%' as share
from contribution as c
where c.exclusion is null
group by c.insurer_id
having
    sum(c.denominator) >= :least_accrued
    and sum(c.numerator) > :ceiling * sum(c.denominator)
    and cast(:as_of as date) >= make_date(cast(extract(year from max(c.business_date)) as integer), 12, 1)
