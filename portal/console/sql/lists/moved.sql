-- Records that moved a figure between two publications.
-- Grain: one row a record and unit. Scope: those of one cause, or of all; the largest change first.
-- Exclusions, limits: as the records that moved.
select
    lpad(cast(row_number() over largest as text), 12, '0') as sort_key,
    concat_ws(':', m.record_type, m.version_id, m.unit) as row_key,
    m.business_date as on_date,
    m.record_type,
    m.version_id,
    m.record_key,
    m.insurer_id,
    cast(:region_code as text) as region_code,
    cast(:domain_code as text) as domain_code,
    m.cause,
    m.unit,
    m.numerator_before,
    m.numerator_after,
    m.denominator_before,
    m.denominator_after,
    m.numerator,
    m.denominator
from (
    :slot_moved
) as m
where cast(:cause as text) is null or m.cause = :cause
window largest as (
    order by abs(m.numerator) desc, abs(m.denominator) desc, m.record_type, m.record_key asc, m.insurer_id asc, m.unit asc
)
