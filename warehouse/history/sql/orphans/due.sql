-- Last loads of batches whose rows stood without a parent that came since: the rules that need it have not spoken yet.
-- Grain: one row a batch, in the order of these loads. Scope: one sender, or all with a null parameter.
-- A finding names the load that resolved it by batch and moment. Exclusions: what was resolved otherwise (by a newer
-- version of the child, or by a replay of its own batch).
with met as (
    select
        f.batch_id,
        max(bringing.load_no) as met_no
    from quality.finding as f
    inner join landing.load as bringing
        on f.resolved_by_batch_id = bringing.batch_id and f.resolved_at = bringing.recorded_at
    inner join landing.batch as parent on bringing.batch_id = parent.batch_id
    where
        f.parent_key is not null
        and f.resolved_at is not null
        and (cast(:insurer_id as text) is null or f.insurer_id = :insurer_id)
        and f.batch_id <> f.resolved_by_batch_id
        and parent.record_type in (f.parent_record_type, 'renumbering')
    group by f.batch_id
)

select
    l.load_no,
    l.batch_id,
    b.insurer_id,
    l.kind,
    l.recorded_at,
    l.ruleset_version,
    l.calendar_version,
    l.definition_digest,
    l.received_count
from met
inner join landing.batch as b on met.batch_id = b.batch_id
cross join
    lateral (
        select * from landing.load as each
        where each.batch_id = met.batch_id
        order by each.load_no desc
        limit 1
    ) as l
where l.load_no < met.met_no
order by l.load_no
