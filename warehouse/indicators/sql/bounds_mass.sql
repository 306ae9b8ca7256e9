-- grain: one row a record that counts: what it adds to numerator and denominator, by sign
-- scope: contributions of senders of feeds that lack a delivery, in the widest period of the definition
-- exclusions: contributions with an exclusion
-- limits: reads the current contributions
insert into bound_mass (record_type, record_id, more_numerator, less_numerator, more_denominator, less_denominator)
select
    c.record_type,
    c.record_id,
    sum(greatest(c.numerator, 0)) as more_numerator,
    sum(greatest(-c.numerator, 0)) as less_numerator,
    sum(greatest(c.denominator, 0)) as more_denominator,
    sum(greatest(-c.denominator, 0)) as less_denominator
from contribution as c
where c.exclusion is null and c.insurer_id in (select f.insurer_id from bound_feed as f)
group by c.record_type, c.record_id
