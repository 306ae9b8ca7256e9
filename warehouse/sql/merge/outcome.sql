-- What becomes of each row. Grain: one row a row of the batch.
-- quarantined: it has an error. duplicate: key and content stand in core or earlier in the batch. superseded: kept as a
-- version that was never current, since a newer one is known or follows in the batch. accepted: the current version.
-- Versions are ordered by the source's time of change, and of one time by receipt: the order of loading is nothing.
create temporary table outcome on commit drop as
with copy as (
    select
        s.row_no,
        row_number() over (partition by s.record_key, s.content_hash order by s.row_no) as copy_no
    from staged as s
    inner join repeated as r on s.record_key = r.record_key
    where not exists (select 1 from faulty as f where f.row_no = s.row_no)
),

chain as (
    select
        s.row_no,
        row_number() over (partition by s.record_key order by s.source_updated_at desc, s.row_no desc) as newest_no
    from staged as s
    inner join copy on s.row_no = copy.row_no
    left join known on s.row_no = known.row_no
    where copy.copy_no = 1 and known.is_duplicate is not true
)

select
    s.row_no,
    s.record_key,
    known.current_version_id,
    coalesce(known.first_received_at, :received_at) as first_received_at,
    case
        when faulty.row_no is not null then 'quarantined'
        when copy.copy_no > 1 or known.is_duplicate then 'duplicate'
        when chain.newest_no > 1 or (s.source_updated_at, cast(:batch_id as bigint)) < (known.current_updated_at, known.current_batch_id)
            then 'superseded'
        else 'accepted'
    end as outcome
from staged as s
left join faulty on s.row_no = faulty.row_no
left join copy on s.row_no = copy.row_no
left join chain on s.row_no = chain.row_no
left join known on s.row_no = known.row_no
