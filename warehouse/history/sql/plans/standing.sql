-- Where a database stands before and after a rehearsal. Grain: one row.
select
    (select max(l.recorded_at) from landing.load as l) as last_known_at,
    (
        select count(*) from quarantine.row as r
        where r.resolved_at is not null
    ) as resolved_count
