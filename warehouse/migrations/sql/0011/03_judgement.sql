-- What arrived and how it was judged, for regulators: held rows, findings, receipts, and the lists that explain them.
-- Grain: as each view's comment says.
-- Scope: every sender. A value is shown where the field itself is shown to regulators, never of a personal field; personal
--   numbers are masked in every text. The row as it arrived (quarantine.row.raw) is in none of these.
create view report.field as
select
    c.relname as record_type,
    a.attname as field,
    col_description(c.oid, a.attnum) as field_name,
    format_type(a.atttypid, a.atttypmod) as sql_type,
    a.attnum as field_no,
    (
        select count(*) > 0
        from pg_catalog.pg_class as w
        inner join pg_catalog.pg_namespace as x on w.relnamespace = x.oid and x.nspname = 'report'
        inner join pg_catalog.pg_attribute as s on w.oid = s.attrelid and s.attname = a.attname
        where w.relname = c.relname
    ) as is_shown
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid and n.nspname = 'core'
inner join pg_catalog.pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
where c.relkind = 'r';

create view report.held_row as
select
    q.batch_id,
    q.row_no,
    core.masked(q.place) as place,
    q.insurer_id,
    q.record_type,
    core.masked(q.record_key) as record_key,
    q.source_updated_at,
    r.reason_no,
    r.reason ->> 'rule_id' as rule_id,
    u.title_zh as rule_title,
    r.reason ->> 'field' as field,
    f.field_name,
    case when coalesce(f.is_shown, r.reason ->> 'field' is null) then core.masked(r.reason ->> 'value') end as value,
    core.masked(r.reason ->> 'expected') as expected,
    core.masked(r.reason ->> 'message') as message,
    q.quarantined_at as held_at,
    q.resolved_at is null as is_open,
    q.resolved_at,
    q.resolved_by_batch_id
from quarantine.row as q
cross join lateral jsonb_array_elements(q.reasons) with ordinality as r (reason, reason_no)
left join reference.rule as u on r.reason ->> 'rule_id' = u.rule_id
left join report.field as f on q.record_type = f.record_type and r.reason ->> 'field' = f.field;

create view report.finding as
select
    g.finding_id,
    g.batch_id,
    g.row_no,
    core.masked(g.place) as place,
    g.insurer_id,
    g.record_type,
    core.masked(g.record_key) as record_key,
    g.rule_id,
    u.title_zh as rule_title,
    g.severity,
    g.field,
    f.field_name,
    case when coalesce(f.is_shown, g.field is null) then core.masked(g.value) end as value,
    core.masked(g.expected) as expected,
    core.masked(g.message) as message,
    g.parent_record_type,
    core.masked(g.parent_key) as parent_key,
    g.opened_at,
    g.resolved_at is null as is_open,
    g.resolved_at,
    g.resolved_by_batch_id
from quality.finding as g
left join reference.rule as u on g.rule_id = u.rule_id
left join report.field as f on g.record_type = f.record_type and g.field = f.field;

create view report.batch as
select
    b.batch_id,
    b.insurer_id,
    b.record_type,
    b.channel,
    b.received_at,
    b.interval_start,
    b.interval_end,
    b.state,
    b.duplicate_of,
    b.replaces,
    b.replaces_from,
    b.replaces_to,
    b.declared_row_count,
    b.declared_amount_field,
    b.declared_amount,
    b.received_count,
    b.accepted_count,
    b.quarantined_count,
    b.duplicate_count,
    b.superseded_count,
    b.reason_code,
    core.masked(b.reason_text) as reason_text,
    b.loaded_at,
    b.digest,
    b.contract_version,
    b.ruleset_version,
    b.calendar_version,
    b.definition_digest,
    t.is_news
from landing.batch as b
inner join landing.told as t on b.batch_id = t.batch_id;

create view report.batch_file as
select
    f.batch_id,
    f.position,
    b.insurer_id,
    b.record_type,
    b.received_at,
    core.masked(f.name) as file_name,
    f.sha256,
    p.size_bytes,
    p.media_type
from landing.batch_payload as f
inner join landing.payload as p on f.sha256 = p.sha256
inner join landing.batch as b on f.batch_id = b.batch_id;

create view report.code as
select list_code, edition, code, name_zh, name_en, valid_from, valid_to
from reference.code_entry;

create view report.region as
select
    g.region_code,
    g.region_name,
    g.level as region_level,
    g.parent_code,
    g.valid_from,
    g.valid_to,
    r.county_code,
    r.city_code,
    r.province_code
from reference.region as g
left join reference.region_resolution as r on g.region_code = r.region_code and g.valid_from = r.valid_from;

create view report.rule as
select
    rule_id, record_type, tier, severity, fields, title_zh, title_en, message_zh, remedy_zh, basis, confidence, version,
    valid_from, valid_to, parent as parent_record_type
from reference.rule;

grant select on report.field, report.held_row, report.finding, report.batch, report.batch_file, report.code,
report.region, report.rule, report.month, report.indicator_month to anze_regulator;
