-- Records that are known under former numbers only. Grain: one row a row of the batch.
insert into known (row_no, is_duplicate, is_absent, first_received_at)
select
    b.row_no,
    b.is_duplicate,
    false as is_absent,
    b.first_received_at
from known_before as b
where not exists (
    select 1 from known as k
    where k.row_no = b.row_no
)
