-- What the hub's clock is compared with. Grain: one row. Scope: the database's clock; the newest receipt and publication.
-- Exclusions: none. Limits: the newest by number, so that no index on times is needed.
select
    clock_timestamp() as database_at,
    greatest(
        (
            select b.received_at from landing.batch as b
            order by b.batch_id desc limit 1
        ),
        (
            select p.published_at from mart.publication as p
            order by p.publication_id desc limit 1
        )
    ) as last_at
