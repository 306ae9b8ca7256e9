-- Loaded batches to be replayed, since a batch received before them was loaded after them, and a replacing delivery lies
-- between (or is one of the two): what it withdrew hangs on the order. Grain: one row a batch, in the order received.
-- Scope: one feed, or all with null parameters. Exclusions: feeds in which nothing replaces.
with loaded as (
    select
        b.insurer_id,
        b.record_type,
        b.batch_id,
        b.replaces,
        min(l.load_no) as first_load_no,
        max(l.load_no) as last_load_no
    from landing.batch as b
    inner join landing.load as l on b.batch_id = l.batch_id
    where
        b.state in ('loaded', 'partly_loaded')
        and (cast(:insurer_id as text) is null or b.insurer_id = :insurer_id)
        and (cast(:record_type as text) is null or b.record_type = :record_type)
        and exists (
            select 1 from landing.batch as r
            where r.insurer_id = b.insurer_id and r.record_type = b.record_type and r.replaces is not null
        )
    group by b.batch_id
),

placed as (
    select
        *,
        max(batch_id) filter (where replaces is not null) over feed as replacing_id,
        max(first_load_no) over feed as latest_until,
        max(first_load_no) over before as latest_before
    from loaded
    window
        feed as (partition by insurer_id, record_type order by batch_id),
        before as (
            partition by insurer_id, record_type order by batch_id rows between unbounded preceding and 1 preceding
        )
)

select p.batch_id
from placed as p
inner join placed as r on p.replacing_id = r.batch_id
where p.last_load_no < case when r.batch_id = p.batch_id then p.latest_before else r.latest_until end
order by p.batch_id
