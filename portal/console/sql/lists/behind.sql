-- Records behind a cell, as a list.
-- Grain: one row a record and unit. Scope: those that count in the cell, or those that were left out; the largest first.
-- Exclusions: other reasons than :reason, where one is asked for. Limits: what was left out is told of the whole province where the caller sees all of it.
select
    lpad(cast(row_number() over largest as text), 12, '0') as sort_key,
    concat_ws(':', c.record_type, c.version_id, c.unit, c.business_date) as row_key,
    c.business_date as on_date,
    c.record_type,
    c.version_id,
    c.record_key,
    c.insurer_id,
    cast(:region_code as text) as region_code,
    cast(:domain_code as text) as domain_code,
    c.unit,
    c.business_date,
    c.numerator,
    c.denominator,
    c.exclusion,
    c.batch_id,
    c.row_no,
    c.received_at,
    c.channel,
    c.file_names,
    c.file_sha256s
from (
    :slot_cell
) as c
where
    (cast(:counted as boolean) is null or (c.numerator <> 0) = :counted)
    and (cast(:reason as text) is null or c.exclusion = :reason)
window largest as (
    order by
        abs(c.numerator) desc, abs(c.denominator) desc, c.record_type asc, c.version_id asc, c.unit asc, c.business_date asc
)
