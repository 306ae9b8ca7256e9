-- Findings that are in no issue yet enter theirs.
-- Grain: one row a record. Scope: of several of one key the first. Exclusions, limits: none.
insert into alert.record (
    alert_no, insurer_id, region_code, domain_code, record_type, record_key, deadline_on, named, entered_at
)
select
    f.alert_no,
    f.insurer_id,
    f.region_code,
    f.domain_code,
    f.record_type,
    f.record_key,
    f.deadline_on,
    f.named,
    :known_at
from finding as f
left join alert.record as r
    on
        f.alert_no = r.alert_no
        and f.record_type = r.record_type
        and f.record_key = r.record_key
        and f.insurer_id is not distinct from r.insurer_id
        and r.left_at is null
where r.alert_no is null
