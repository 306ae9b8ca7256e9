-- Held rows, findings or receipts as they stood at a moment.
-- Grain: one row a row of the table, with the number of all that match in total_count.
-- Scope: one table's function; null parameters take every insurer and key.
-- Exclusions: the rows as they arrived, which may hold personal values. Limits: at most :row_limit rows.
-- slot_source: the call of the function; slot_key: what --key is compared with; slot_columns: the columns shown;
-- slot_order: the row's own number.
select
    count(*) over () as total_count,
    v.insurer_id,
    :slot_columns
from :slot_source as v
where
    coalesce(cast(:insurer_id as text), v.insurer_id) = v.insurer_id
    and (cast(:key as text) is null or :slot_key = :key)
order by :slot_order
limit :row_limit
