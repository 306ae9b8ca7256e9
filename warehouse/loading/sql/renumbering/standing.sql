-- Whether an insurer has changed numbers, and the last moment that a load of another feed may have written into the
-- table of this one: a renumbering writes into every table of its insurer. Grain: one row.
select
    :insurer_id in (select r.insurer_id from core.renumbering_current as r) as is_renumbered,
    (
        select max(l.recorded_at)
        from landing.batch as b
        inner join landing.load as l on b.batch_id = l.batch_id
        where b.insurer_id = :insurer_id and (b.record_type = 'renumbering' or :record_type = 'renumbering')
    ) as last_known_at
