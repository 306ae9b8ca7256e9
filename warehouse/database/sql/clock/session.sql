-- What a session is: its time zone, whether its server only follows another, and that server's clock. Grain: one row.
select
    current_setting('TimeZone') as time_zone,
    pg_is_in_recovery() as is_standby,
    clock_timestamp() as database_at
