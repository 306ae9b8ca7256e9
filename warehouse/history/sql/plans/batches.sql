-- Deliveries that a plan speaks of. Grain: one row a batch that was loaded, in the order received.
-- Scope: with :by_receipt the batches that were received on the days, to be replayed; else those whose interval of
--   source time touches the days (a first collection has no start: it touches all days before its end), and files
--   received on the days, which have no interval.
-- Exclusions: duplicates, batches that wait, and deliveries refused before anything was read (no load of theirs).
select
    b.batch_id,
    b.insurer_id,
    b.record_type,
    cast(b.received_at at time zone 'Asia/Shanghai' as date) as received_on,
    cast(b.interval_start at time zone 'Asia/Shanghai' as date) as covers_from,
    cast(coalesce(b.interval_end, b.received_at) at time zone 'Asia/Shanghai' as date) as covers_to,
    b.interval_end is null as is_file,
    b.received_count
from landing.batch as b
where
    b.insurer_id = any(:insurer_ids)
    and b.record_type = any(:record_types)
    and b.state in ('loaded', 'partly_loaded', 'rejected')
    and exists (
        select 1 from landing.load as l
        where l.batch_id = b.batch_id
    )
    and case
        when :by_receipt or b.interval_end is null
            then cast(b.received_at at time zone 'Asia/Shanghai' as date) between :from_date and :to_date
        else
            (b.interval_start is null or cast(b.interval_start at time zone 'Asia/Shanghai' as date) <= :to_date)
            and cast(b.interval_end at time zone 'Asia/Shanghai' as date) >= :from_date
    end
order by b.received_at, b.batch_id
