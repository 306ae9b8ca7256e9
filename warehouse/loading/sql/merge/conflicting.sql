-- Rule BAT-002: rows of one key with different content. Grain: one row a row of the batch.
-- Exclusions: exact repetitions (duplicates); over an interface also versions with different times of change, which
-- are taken in their order; rows that already have this finding.
with repetition as (
    select
        s.row_no,
        s.record_key,
        s.content_hash,
        case when :channel = 'api' then s.source_updated_at end as told_apart_by
    from staged as s
    inner join repeated as r on s.record_key = r.record_key
),

conflict as (
    select
        record_key,
        told_apart_by
    from repetition
    group by record_key, told_apart_by
    having count(distinct content_hash) > 1
)

select
    repetition.row_no,
    repetition.record_key
from repetition
inner join conflict
    on
        repetition.record_key = conflict.record_key
        and repetition.told_apart_by is not distinct from conflict.told_apart_by
where
    not exists (
        select 1 from staged_finding as f
        where f.rule_id = 'BAT-002' and f.row_no = repetition.row_no
    )
order by repetition.row_no
