-- Rows that are held back.
-- Grain: one row a held row of a delivery. Scope: held and not resolved at the moment; of several reasons the first is told,
--   with how many there are.
-- Exclusions: resolved ones. Limits: a held row has no area or sector: nothing of it is known to be right.
select
    to_char(min(h.held_at), 'YYYY-MM-DD"T"HH24:MI:SS.US') as sort_key,
    concat_ws(':', lpad(cast(h.batch_id as text), 12, '0'), lpad(cast(h.row_no as text), 9, '0')) as row_key,
    cast(min(h.held_at) at time zone 'Asia/Shanghai' as date) as on_date,
    h.record_type,
    cast(null as bigint) as version_id,
    min(h.record_key) as record_key,
    h.insurer_id,
    cast(null as text) as region_code,
    cast(null as text) as domain_code,
    h.batch_id,
    h.row_no,
    min(h.place) as place,
    min(h.held_at) as held_at,
    (array_agg(h.rule_id order by h.reason_no))[1] as rule_id,
    (array_agg(h.rule_title order by h.reason_no))[1] as rule_title,
    (array_agg(h.field_name order by h.reason_no))[1] as field_name,
    (array_agg(h.value order by h.reason_no))[1] as value,
    (array_agg(h.expected order by h.reason_no))[1] as expected,
    (array_agg(h.message order by h.reason_no))[1] as message,
    count(*) as reason_count
from report.held_row as h
where h.held_at <= :known_at and (h.resolved_at is null or h.resolved_at > :known_at)
group by h.batch_id, h.row_no, h.record_type, h.insurer_id
