-- The last moment that a load, a publication or a judging knew. Grain: one row.
select
    greatest(
        (select max(l.recorded_at) from landing.load as l),
        (select max(j.judged_at) from landing.judging as j),
        (select max(p.known_at) from mart.publication as p)
    ) as last_known_at
