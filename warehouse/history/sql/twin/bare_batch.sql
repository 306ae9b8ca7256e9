-- Receipts as they landed. Grain: one row a batch. slot_columns: the table's columns, books and state by their values.
-- Scope: all; a batch that was loaded, or waits, is as if it had just arrived; duplicates and refused ones stay.
select :slot_columns
from landing.batch as b
cross join lateral (
    select
        b.state = 'duplicate'
        or (
            b.state = 'rejected'
            and not exists (
                select 1 from landing.load as l
                where l.batch_id = b.batch_id
            )
        ) as is_final
) as arrival
