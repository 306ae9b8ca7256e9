-- The current contributions as a file has them. Grain: one row a contribution.
-- Limits: units are numbered, since a unit may be a person's number, and only of a distinct definition (the slot): whoever
--   adds up needs to know which are the same, not whose they are.
select
    c.record_type,
    c.record_id,
    case when :slot_is_distinct then dense_rank() over (order by c.unit) end as unit_no,
    c.insurer_id,
    c.business_date,
    c.province_code,
    c.city_code,
    c.county_code,
    c.domain_code,
    c.numerator,
    c.denominator,
    c.exclusion
from contribution as c
order by c.record_type, c.record_id, c.unit, c.insurer_id, c.numerator, c.denominator
