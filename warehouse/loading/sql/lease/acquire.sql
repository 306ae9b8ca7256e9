-- Take a feed's lease when it is free, expired, or its holder's database session is gone. Grain: no row when existing.
-- The token grows with every holder; the clock is the database's own. A session that we may not look into counts as
-- alive while its process is there.
insert into landing.lease as existing (feed, holder, token, expires_at, session_pid, session_started_at)
values (
    :feed, :holder, 1, clock_timestamp() + make_interval(secs => :seconds), :session_pid, :session_started_at
)
on conflict (feed) do update
    set
        holder = excluded.holder,
        token = existing.token + 1,
        expires_at = excluded.expires_at,
        session_pid = excluded.session_pid,
        session_started_at = excluded.session_started_at
    where
    existing.expires_at <= clock_timestamp()
    or not exists (
        select 1
        from pg_catalog.pg_stat_activity as a
        where
            a.pid = existing.session_pid  -- noqa: RF01
            and (a.backend_start = existing.session_started_at) is not false  -- noqa: RF01
    )
returning token
