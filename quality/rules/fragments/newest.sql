-- The newest row of each record of the batch: sums must count a record once, however often the batch repeats it.
-- grain: one row a record; withdrawals are among them
(
    select distinct on (record_key) *
    from staged
    where record_key is not null
    order by record_key, source_updated_at desc nulls last, row_no desc
)
