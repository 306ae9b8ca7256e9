-- Confirms open warnings of a batch that nobody confirmed yet: those of one rule, or a single one.
-- Grain: one row a warning that has a record; the insurer's own only.
insert into landing.confirmation (insurer_id, record_type, record_key, rule_id, field, value, reason, stated_by)
select distinct
    f.insurer_id,
    f.record_type,
    f.record_key,
    f.rule_id,
    f.field,
    f.value,
    :reason,
    :stated_by
from quality.finding as f
inner join report.finding as r on f.finding_id = r.finding_id
where
    f.batch_id = :batch_id
    and f.insurer_id = :insurer_id
    and f.severity = 'warning'
    and f.record_key is not null
    and f.rule_id = :rule_id
    and (cast(:finding_id as bigint) is null or f.finding_id = :finding_id)
    and r.confirmed_at is null
returning confirmation_id
