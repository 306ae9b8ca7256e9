-- A working day after a day, by the calendar in force. Grain: one row.
select reference.add_working_days(:from_day, :working_days) as day
