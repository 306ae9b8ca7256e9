-- Whether nothing is missing where the receipt of a manifest is not in the database. Grain: one row.
-- Scope: the same delivery has a receipt of another number, or the feed was collected at least as far since.
select
    exists (
        select 1
        from landing.batch as b
        where
            b.insurer_id = :insurer_id
            and b.record_type = :record_type
            and b.digest = :digest
    )
    or exists (
        select 1
        from landing.cursor as c
        where
            c.insurer_id = :insurer_id
            and c.record_type = :record_type
            and c.value >= cast(:cursor as timestamptz)
    )
