-- Whether a day is a working day by the calendar in force. Grain: one row; null for a day that it does not hold.
select (
    select d.is_working_day
    from reference.calendar_in_force('infinity') as e
    inner join reference.calendar_day as d on e.calendar_version = d.calendar_version
    where d.day = :day
) as is_working_day
