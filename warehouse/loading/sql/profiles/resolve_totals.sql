-- Open findings about totals whose delivery adds up now. Grain: one row a finding of a whole batch of this feed.
update quality.finding as f
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
where
    f.insurer_id = :insurer_id
    and f.record_type = :record_type
    and f.record_key is null
    and f.row_no is null
    and f.resolved_at is null
    and f.rule_id = any(:totals_rules)
    and not exists (
        select 1 from quality.imbalance(:recorded_at) as i
        where i.batch_id = f.batch_id
    )
