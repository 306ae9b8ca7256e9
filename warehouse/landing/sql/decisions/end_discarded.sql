-- End a discarded batch with no rows. Grain: one row. Its moment lies after every publication: what was known does not
-- change behind it.
update landing.batch
set
    state = 'rejected',
    received_count = 0,
    accepted_count = 0,
    quarantined_count = 0,
    duplicate_count = 0,
    superseded_count = 0,
    reason_code = :code,
    reason_text = :text,
    loaded_at = greatest(
        cast(:at as timestamptz), (select max(p.known_at) + interval '1 microsecond' from mart.publication as p)
    )
where batch_id = :batch_id
