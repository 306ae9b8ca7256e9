-- Deliveries that did not add up when a publication was made. Grain: one row a batch.
select
    insurer_id,
    record_type,
    batch_id,
    kind,
    declared_row_count,
    received_count,
    open_row_count,
    amount_field,
    declared_amount,
    loaded_amount
from mart.publication_imbalance
where publication_id = :publication_id
order by insurer_id, record_type, batch_id
