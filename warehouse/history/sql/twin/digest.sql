-- One digest over a table's rows, whatever their order on disk. Grain: one row.
-- slot_table, slot_columns: the table, and the columns that count.
select
    count(*) as row_count,
    encode(sha256(coalesce(string_agg(line.hash, ''::bytea order by line.hash), ''::bytea)), 'hex') as digest  -- noqa: CV11
from (
    select sha256(convert_to(cast(row(:slot_columns) as text), 'UTF8')) as hash
    from :slot_table
) as line
