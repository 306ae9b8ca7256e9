-- Whether the batch has its profile. Grain: one row.
select count(*) > 0 as is_kept from quality.delivery_profile
where batch_id = :batch_id
