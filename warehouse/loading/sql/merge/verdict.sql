-- Verdicts on the accepted rows' events. Grain: one row a row and milestone.
-- The receipt of the first version that had the event counts. A count that runs past the published calendar is
-- on time if the receipt lies within it (then at most that many working days have passed), else undetermined.
-- A changed event date is judged again with the same receipt: it may get worse; better only with a reason.
create temporary table verdict on commit drop as
with judged as (
    select
        event.row_no,
        event.record_key,
        event.milestone,
        event.event_on,
        event.has_reason,
        deadline.deadline_on,
        previous.event_on as previous_event_on,
        previous.deadline_on as previous_deadline_on,
        previous.timeliness as previous_timeliness,
        previous.record_key is not null as has_previous,
        coalesce(previous.first_received_at, :received_at) as first_received_at,
        case
            when deadline.working_days is null then null
            when
                cast(coalesce(previous.first_received_at, :received_at) at time zone 'Asia/Shanghai' as date)
                <= coalesce(
                    deadline.deadline_on,
                    (
                        select max(c.day) from reference.calendar_day as c
                        where c.calendar_version = :calendar_version
                    )
                ) then 'on_time'
            when deadline.deadline_on is null then 'undetermined'
            else 'late'
        end as timeliness
    from event
    inner join deadline on event.event_on = deadline.event_on
    left join lateral (
        select
            m.record_key,
            m.event_on,
            m.deadline_on,
            m.timeliness,
            m.first_received_at
        from quality.milestone as m
        where
            m.insurer_id = :insurer_id
            and m.record_type = :record_type
            and m.record_key = event.record_key
            and m.milestone = event.milestone
        offset 0  -- noqa: AM09
    ) as previous on true
),

weighed as (
    select
        *,
        has_previous
        and not has_reason
        and coalesce(array_position(array['on_time', 'undetermined', 'late'], timeliness), 0)
        < coalesce(array_position(array['on_time', 'undetermined', 'late'], previous_timeliness), 0) as keeps_previous
    from judged
)

select
    row_no,
    record_key,
    milestone,
    first_received_at,
    has_previous,
    case when keeps_previous then previous_event_on else event_on end as event_on,
    case when keeps_previous then previous_deadline_on else deadline_on end as deadline_on,
    case when keeps_previous then previous_timeliness else timeliness end as timeliness
from weighed
