-- grain: one row a feed without data for longer than allowed
-- scope: as report.silence_at; a nil return ends a silence as data does
-- exclusions: paused insurers
-- limits: a fact of an insurer, in no area
select
    s.insurer_id,
    cast(null as text) as region_code,
    cast(null as text) as domain_code,
    s.record_type,
    s.insurer_id as record_key,
    cast(null as date) as deadline_on,
    t.title as type,
    s.working_days_without as silent_days,
    s.allowed_working_days as allowed_days,
    coalesce(to_char(s.last_success_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'), '从未') as last
from report.silence_at(:as_of, :known_at) as s
inner join record_title as t on s.record_type = t.record_type
where s.is_silent
