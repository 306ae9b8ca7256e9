-- A table's rows as hash and place, in the order of the hashes. Grain: one row a row. No personal value is shown.
-- slot_table, slot_columns, slot_place: the table, the columns that count, and those that say where a row belongs.
select
    encode(sha256(convert_to(cast(row(:slot_columns) as text), 'UTF8')), 'hex') as hash,
    concat_ws(' ', :slot_place) as place
from :slot_table
order by hash
