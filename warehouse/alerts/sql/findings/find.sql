-- Findings of one kind.
-- Grain: one row a record, once each. Scope: the SQL of a definition takes the slot; what it names besides its key is kept.
-- Exclusions: none. Limits: none.
insert into finding (kind, insurer_id, region_code, domain_code, record_type, record_key, deadline_on, named)
select distinct on (f.insurer_id, f.record_type, f.record_key)
    :kind as kind,
    f.insurer_id,
    f.region_code,
    f.domain_code,
    f.record_type,
    f.record_key,
    f.deadline_on,
    to_jsonb(f) - array['insurer_id', 'region_code', 'domain_code', 'record_type', 'deadline_on'] as named
from (
    :slot_findings
) as f
order by f.insurer_id asc, f.record_type asc, f.record_key asc
