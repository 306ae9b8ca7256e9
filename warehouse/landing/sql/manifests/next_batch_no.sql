-- Draw the next number. Grain: one row.
select landing.next_batch_no() as batch_id
