-- The last comparable delivery with rows before a batch. Grain: at most one row.
select e.batch_id
from quality.delivery_profile as p
inner join quality.delivery_profile as e
    on
        p.insurer_id = e.insurer_id
        and p.record_type = e.record_type
        and p.channel = e.channel
        and p.replaces is not distinct from e.replaces
        and p.batch_id > e.batch_id
where p.batch_id = :batch_id and e.row_count > 0
order by e.batch_id desc
limit 1
