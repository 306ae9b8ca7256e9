-- grain: one row an insurer and year
-- scope: fees paid over premium received of the year so far, of all areas, as the fee input ratio counts them
-- exclusions: insurers that received less than the least premium; what the ratio leaves out
-- limits: a fact of an insurer, in no area
select
    c.insurer_id,
    cast(null as text) as region_code,
    cast(null as text) as domain_code,
    'fee_expense' as record_type,
    to_char(cast(:as_of as date), 'YYYY') as record_key,
    cast(null as date) as deadline_on,
    to_char(cast(:as_of as date), 'YYYY') as year,
    sum(c.numerator) as paid,
    sum(c.denominator) as received,
    round(sum(c.numerator) / sum(c.denominator) * 100, 2) || '%' as share
from contribution as c
where c.exclusion is null
group by c.insurer_id
having sum(c.denominator) >= :least_premium and sum(c.numerator) > :ceiling * sum(c.denominator)
