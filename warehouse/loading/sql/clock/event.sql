-- Business events of the accepted rows that start the clock, with the verdict that stands and the working days that they
-- have. Grain: one row a row and milestone.
-- The rule is R32; a shorter one of the feed applies to what the feed tells first, and goes on applying to the record.
-- working_days null: R32 was not in force on that date. slot_events: (milestone name, Shanghai
--   date, event_field_no) of a row; event_field_no null: the field is the contract's own.
-- Exclusions: withdrawals, events that have not happened.
create temporary table event on commit drop as
with happened as materialized (
    select
        s.row_no,
        s.record_key,
        happened.milestone,
        happened.event_on,
        happened.event_field_no,
        s.correction_reason_text is not null as has_reason
    from staged as s
    inner join outcome as o on s.row_no = o.row_no
    cross join lateral (values (:slot_events)) as happened (milestone, event_on, event_field_no)
    where o.outcome = 'accepted' and s.operation_code <> 'D' and happened.event_on is not null
),

allowed as (
    select
        h.event_on,
        rule.working_days,
        shorter.working_days as shorter_days
    from (select distinct event_on from happened) as h
    left join lateral (
        select cast(r.threshold_value as smallint) as working_days
        from core.rule_threshold_current as r
        where
            r.rule_no = 'R32'
            and r.valid_from_date <= h.event_on
            and (r.valid_to_date is null or h.event_on <= r.valid_to_date)
        order by r.valid_from_date desc, r.version_no desc
        limit 1
    ) as rule on true
    left join lateral (
        select min(cast(d.working_days as smallint)) as working_days
        from reference.shorter_deadline as d
        where
            d.insurer_id in (:insurer_id, '*')
            and d.record_type in (:record_type, '*')
            and d.channel in (:channel, '*')
            and d.valid_from <= h.event_on
            and (d.valid_to is null or h.event_on <= d.valid_to)
            and d.known_from <= :recorded_at
            and d.known_to > :recorded_at
    ) as shorter on true
)

select
    h.*,
    cast(:insurer_id as text) as insurer_id,
    previous.record_key is not null as has_previous,
    previous.event_on as previous_event_on,
    previous.event_field_no as previous_event_field_no,
    previous.deadline_on as previous_deadline_on,
    previous.timeliness as previous_timeliness,
    previous.calendar_version as previous_calendar_version,
    previous.working_days as previous_working_days,
    previous.rule as previous_rule,
    previous.extension_no as previous_extension_no,
    previous.outage_no as previous_outage_no,
    previous.judging_no as previous_judging_no,
    previous.known_from as previous_known_from,
    coalesce(previous.first_received_at, :received_at) as first_received_at,
    case
        when a.working_days is null then null
        when previous.record_key is null then least(a.working_days, a.shorter_days)
        when previous.rule <> 'R32' then least(a.working_days, previous.working_days)
        else a.working_days
    end as working_days,
    case
        when a.working_days is null then null
        when previous.record_key is null and a.shorter_days < a.working_days then 'R32/' || :channel
        when previous.rule <> 'R32' and previous.working_days < a.working_days then previous.rule
        else 'R32'
    end as rule
from happened as h
inner join allowed as a on h.event_on = a.event_on
left join lateral (
    select m.*
    from quality.milestone as m
    where
        m.insurer_id = :insurer_id
        and m.record_type = :record_type
        and m.record_key = h.record_key
        and m.milestone = h.milestone
    offset 0  -- noqa: AM09
) as previous on true
