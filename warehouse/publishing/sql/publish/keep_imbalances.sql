-- grain: one row an unbalanced delivery of an expected feed
-- scope: feeds judged by feeds.sql
-- exclusions: none
-- limits: why cells of the publication are provisional, as it was known then
insert into mart.publication_imbalance (
    publication_id, batch_id, insurer_id, record_type, kind, declared_row_count, received_count, open_row_count,
    amount_field, declared_amount, loaded_amount
)
select
    :publication_id as publication_id,
    i.batch_id,
    i.insurer_id,
    i.record_type,
    i.kind,
    i.declared_row_count,
    i.received_count,
    i.open_row_count,
    i.amount_field,
    i.declared_amount,
    i.loaded_amount
from expected_feed as f
inner join quality.imbalance(:known_at) as i on f.insurer_id = i.insurer_id and f.record_type = i.record_type
