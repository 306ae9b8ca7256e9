-- Verdicts on events. Grain: one row a row and milestone.
-- The receipt of the first version that had the event counts. A count that runs past the published calendar is
-- on time if the receipt lies within it (then at most that many working days have passed), else undetermined.
-- A changed event date is judged again with the same receipt: it may get worse; better only with a reason. Without another
-- event, a correction makes no verdict better: only judging again (judging_no) does, which also confirms (confirms)
-- verdicts by another calendar.
create temporary table verdict on commit drop as
with judged as (
    select
        event.*,
        case when extended.row_no is null then deadline.deadline_on else extended.deadline_on end as deadline_on,
        extended.extension_no,
        case when extended.row_no is null then deadline.outage_no else extended.outage_no end as outage_no,
        case
            when event.working_days is null then null
            when
                cast(event.first_received_at at time zone 'Asia/Shanghai' as date)
                <= coalesce(
                    case when extended.row_no is null then deadline.deadline_on else extended.deadline_on end,
                    greatest(extended.not_before, (select reference.last_published_day(:calendar_version)))
                ) then 'on_time'
            when
                case when extended.row_no is null then deadline.deadline_on else extended.deadline_on end is null
                then 'undetermined'
            else 'late'
        end as timeliness
    from event
    inner join deadline
        on event.event_on = deadline.event_on and event.working_days is not distinct from deadline.working_days
    left join extended on event.row_no = extended.row_no and event.milestone = extended.milestone
),

weighed as (
    select
        *,
        cast(:judging_no as bigint) is null
        and has_previous
        and (not has_reason or event_on = previous_event_on)
        and coalesce(array_position(array['on_time', 'undetermined', 'late'], timeliness), 0)
        < coalesce(array_position(array['on_time', 'undetermined', 'late'], previous_timeliness), 0) as keeps_previous
    from judged
),

chosen as (
    select
        row_no,
        insurer_id,
        record_key,
        milestone,
        first_received_at,
        has_previous,
        previous_event_on,
        previous_event_field_no,
        previous_deadline_on,
        previous_timeliness,
        previous_calendar_version,
        previous_working_days,
        previous_rule,
        previous_extension_no,
        previous_outage_no,
        previous_judging_no,
        previous_known_from,
        case when keeps_previous then previous_event_on else event_on end as event_on,
        case when keeps_previous then previous_event_field_no else event_field_no end as event_field_no,
        case when keeps_previous then previous_deadline_on else deadline_on end as deadline_on,
        case when keeps_previous then previous_timeliness else timeliness end as timeliness,
        case when keeps_previous then previous_working_days else working_days end as working_days,
        case when keeps_previous then previous_rule else rule end as rule,
        case when keeps_previous then previous_extension_no else extension_no end as extension_no,
        case when keeps_previous then previous_outage_no else outage_no end as outage_no
    from weighed
)

select
    *,
    not has_previous
    or event_on <> previous_event_on
    or (event_field_no is distinct from previous_event_field_no)
    or (deadline_on is distinct from previous_deadline_on)
    or (timeliness is distinct from previous_timeliness)
    or (extension_no is distinct from previous_extension_no)
    or (outage_no is distinct from previous_outage_no)
    or (:confirms and previous_calendar_version <> :calendar_version) as is_changed
from chosen
