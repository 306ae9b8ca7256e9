-- Rows held back, each with all its reasons at once. Grain: one row a row of the batch.
-- Exclusions: rows that an earlier load of the batch held already. An error of the whole batch is a reason of every row. staged_raw holds these rows as they arrived.
insert into quarantine.row (
    batch_id, row_no, place, insurer_id, record_type, record_key, source_updated_at, raw, reasons, quarantined_at
)
select
    :batch_id,
    o.row_no,
    coalesce(s.place, '') as place,
    :insurer_id,
    :record_type,
    o.record_key,
    s.source_updated_at,
    coalesce(cast(raw.raw as jsonb), '{}') as raw,
    reason.reasons,
    :recorded_at
from outcome as o
inner join staged as s on o.row_no = s.row_no
left join staged_raw as raw on o.row_no = raw.row_no
inner join (
    select
        f.row_no,
        jsonb_agg(
            jsonb_build_object(
                'rule_id', f.rule_id, 'field', f.field, 'value', f.value, 'expected', f.expected, 'message', f.message,
                'source_column', c.source_column, 'column_letter', c.column_letter
            )
            order by f.finding_no
        ) as reasons
    from (
        select
            row_no,
            rule_id,
            field,
            value,
            expected,
            message,
            finding_no
        from staged_finding
        where severity = 'error' and row_no is not null
        union all
        select
            s2.row_no,
            f2.rule_id,
            f2.field,
            f2.value,
            f2.expected,
            f2.message,
            f2.finding_no
        from staged as s2
        cross join staged_finding as f2
        where f2.severity = 'error' and f2.row_no is null
    ) as f
    left join staged_column as c on f.field = c.field
    group by f.row_no
) as reason on o.row_no = reason.row_no
where
    o.outcome = 'quarantined'
    and not exists (
        select 1 from quarantine.row as held
        where held.batch_id = :batch_id and held.row_no = o.row_no
    )
