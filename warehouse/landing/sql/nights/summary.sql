-- What each sender delivered since a moment, and how late.
-- Grain: one row a sender with at least one batch received at or after :since.
-- Scope: batches of every channel; late_count counts accepted rows of these batches that missed their deadline.
-- Exclusions: the same answer of an interface again, or the same nil return, is no duplicate file.
-- Limits: rows that a later batch superseded are still counted where they were accepted.
select
    b.insurer_id,
    count(*) as batch_count,
    coalesce(sum(b.received_count), 0) as received_count,
    coalesce(sum(b.accepted_count), 0) as accepted_count,
    coalesce(sum(b.quarantined_count), 0) as quarantined_count,
    coalesce(sum(b.duplicate_count), 0) as duplicate_count,
    coalesce(sum(b.superseded_count), 0) as superseded_count,
    count(*) filter (where b.channel <> 'api' and o.received_count > 0) as duplicate_batch_count,
    count(*) filter (where b.state = 'rejected') as rejected_batch_count,
    (
        select count(*)
        from quality.milestone as m
        where m.insurer_id = b.insurer_id and m.first_received_at >= :since and m.timeliness = 'late'
    ) as late_count
from landing.batch as b
left join landing.batch as o on b.duplicate_of = o.batch_id
where b.received_at >= :since
group by b.insurer_id
order by b.insurer_id
