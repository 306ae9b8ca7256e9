-- The columns of a batch that are filled. Grain: one row a field.
select
    field,
    filled_count,
    is_constant,
    amount_sum,
    amount_min,
    amount_max
from quality.column_profile
where batch_id = :batch_id
