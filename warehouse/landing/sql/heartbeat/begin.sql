-- A service is up again. Grain: one row.
insert into landing.heartbeat (service, up_from, up_to, clock_offset)
values (:service, :now, :now, :clock_offset)
on conflict (service, up_from) do nothing
