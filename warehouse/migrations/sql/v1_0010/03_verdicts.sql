-- Verdicts and their history.
-- Grain: quality.milestone one row a business event of a record, the verdict that stands; milestone_past one row a
--   verdict that stood before; version_verdict one row a version of a record and judging that changed or confirmed the
--   verdict with which it was written.
-- Scope: whatever replaces a verdict, a load or a judging again, keeps the old one in milestone_past. core is never
--   rewritten: what a version says of its verdict is what stood when it was loaded, and version_verdict says what was
--   judged of it since. Who sees a version sees its verdicts, which name nobody.
-- Limits: verdicts that loads replaced before this migration are not kept; their known_from is the receipt.
alter table quality.milestone
add column event_field_no bigint,
add column working_days smallint,
add column rule text,
add column extension_no bigint,
add column outage_no bigint,
add column judging_no bigint,
add column known_from timestamptz;

update quality.milestone as m
set
    known_from = m.first_received_at,
    working_days = case
        when m.timeliness is not null
            then
                (
                    select cast(t.threshold_value as smallint)
                    from core.rule_threshold_current as t
                    where
                        t.rule_no = 'R32' and t.valid_from_date <= m.event_on
                        and (t.valid_to_date is null or m.event_on <= t.valid_to_date)
                    order by t.valid_from_date desc, t.version_no desc
                    limit 1
                )
    end;

update quality.milestone
set rule = 'R32'
where working_days is not null;

alter table quality.milestone alter column known_from set not null;
comment on column quality.milestone.event_field_no is '事件日期所取字段的配置;空为数据契约所定字段';
comment on column quality.milestone.working_days is '适用的工作日数;空为当日规则尚未生效,不判定';
comment on column quality.milestone.rule is '适用的规则:R32,或 R32/渠道(较短时限)';
comment on column quality.milestone.extension_no is '所用延期';
comment on column quality.milestone.outage_no is '所计停机';
comment on column quality.milestone.judging_no is '由哪次重新判定得出;空为入库时判定';
comment on column quality.milestone.known_from is '此判定自何时成立';

create table quality.milestone_past (like quality.milestone including comments);
alter table quality.milestone_past
add column superseded_at timestamptz not null,
add column superseded_by_judging_no bigint,
add primary key (record_key, milestone, record_type, insurer_id, known_from, superseded_at);
comment on table quality.milestone_past is '曾经成立的判定:被入库或重新判定取代的每次一行';
comment on column quality.milestone_past.superseded_by_judging_no is '被哪次重新判定取代;空为被入库取代';
create index milestone_past_judging on quality.milestone_past (superseded_by_judging_no)
where superseded_by_judging_no is not null;
create index milestone_open on quality.milestone (insurer_id, record_type) where timeliness = 'undetermined';

create trigger judgement_kept before update or delete or truncate on quality.milestone_past
for each statement execute function quality.refuse_rewriting();

create table quality.version_verdict (
    record_type text not null,
    version_id bigint not null,
    judging_no bigint not null,
    judged_at timestamptz not null,
    deadline_on date,
    timeliness text not null check (timeliness in ('on_time', 'late', 'undetermined')),
    primary key (record_type, version_id, judging_no)
);
comment on table quality.version_verdict is '入库之后对记录版本的主要时限重新判定的结果,每次一行';
create trigger judgement_kept before update or delete or truncate on quality.version_verdict
for each statement execute function quality.refuse_rewriting();
call access.protect_rows('quality.version_verdict');
alter policy seen on quality.version_verdict using ((select access.is_entitled()));

do $$
declare
    told text;
begin
    foreach told in array array['milestone', 'milestone_past', 'version_verdict'] loop
        if told = 'milestone_past' then
            call access.protect_rows('quality.milestone_past');
        end if;
        execute format('create policy explained on quality.%I for select to anze_explainer using (true)', told);
        execute format('grant select on quality.%I to anze_explainer', told);
    end loop;
end
$$;
grant usage on schema quality to anze_explainer;

create function reference.last_published_day(calendar_version text) returns date
language sql stable parallel safe as $$
    select max(c.day) from reference.calendar_day as c where c.calendar_version = $1
$$;
comment on function reference.last_published_day is '某日历版本已公布的最后一日';

create function quality.is_calendar_provisional(timeliness text, deadline_on date, last_published_day date)
returns boolean language sql immutable parallel safe as $$
    select coalesce(
        $1 in ('on_time', 'late') and coalesce($2 >= $3 - 3, $1 = 'on_time'), false
    )
$$;
comment on function quality.is_calendar_provisional is
'日历待复核:计数超出已公布的日历而判为及时,或截止日在最后一个已公布年份的 12 月 28 日及以后,下一年的通知可能变动';
grant execute on function reference.last_published_day, quality.is_calendar_provisional to anze_loader;

insert into landing.judging (judging_no, kind, judged_at, judged_by)
select
    nextval('landing.load_no') as judging_no,
    'begin' as kind,
    max(l.recorded_at) as judged_at,
    'anze migrate' as judged_by
from landing.load as l
having count(*) > 0;
