-- What becomes of each row. Grain: one row a row of the batch.
-- quarantined: it has an error. duplicate: key and content stand in core or earlier in the batch. superseded: kept as a
-- version that was never current, since a newer one is known or follows in the batch. accepted: the current version.
-- Versions are ordered by the source's time of change, and of one time by receipt: the order of loading is nothing.
-- A record that a replacing delivery did not hold (its current version is row 0 of that batch) comes back with any row
-- received later, the same content included; what was received earlier does not bring it back.
-- Replay: a row whose own version is the current one stands as it is, or is replaced by what it says now, whatever the
-- times; what core holds already stays a duplicate, even where a newer rule would hold the row. is_told: the findings
-- of the row count. Those of a withdrawal that stands do not: its record is gone, and rules would speak of that.
create temporary table outcome on commit drop as
with standing as (
    select
        *,
        is_own and not is_standing as is_changed,
        not comes_back and case when is_own then is_standing else is_duplicate end as is_known
    from (
        select
            *,
            is_absent and current_batch_id <= :batch_id as comes_back,
            coalesce(current_batch_id = :batch_id and current_row_no = row_no, false) as is_own
        from known
    ) as placed
),

copy as (
    select
        s.row_no,
        row_number() over (partition by s.record_key, s.content_hash order by s.row_no) as copy_no
    from staged as s
    inner join repeated as r on s.record_key = r.record_key
    where not exists (
        select 1 from faulty as f
        where f.row_no = s.row_no
    )
),

chain as (
    select
        s.row_no,
        row_number() over (partition by s.record_key order by s.source_updated_at desc, s.row_no desc) as newest_no,
        bool_or(coalesce(known.is_changed, false)) over (partition by s.record_key) as has_changed
    from staged as s
    inner join copy on s.row_no = copy.row_no
    left join standing as known on s.row_no = known.row_no
    where copy.copy_no = 1 and known.is_known is not true
)

select
    s.row_no,
    s.record_key,
    known.current_version_id,
    coalesce(known.first_received_at, :received_at) as first_received_at,
    coalesce(known.is_own and s.operation_code <> 'D', false) as is_told,
    case
        when :is_replay and known.is_known then 'duplicate'
        when faulty.row_no is not null then 'quarantined'
        when copy.copy_no > 1 or known.is_known then 'duplicate'
        when chain.newest_no > 1 then 'superseded'
        when known.comes_back or known.is_changed or chain.has_changed then 'accepted'
        when known.is_absent or (s.source_updated_at, cast(:batch_id as bigint)) < (known.current_updated_at, known.current_batch_id)
            then 'superseded'
        else 'accepted'
    end as outcome
from staged as s
left join faulty on s.row_no = faulty.row_no
left join copy on s.row_no = copy.row_no
left join chain on s.row_no = chain.row_no
left join standing as known on s.row_no = known.row_no
