-- One outage. Grain: one row.
insert into landing.outage (
    outage_no, service, began_at, ended_at, is_planned, is_credited, longest_silence, basis, recorded_at
)
values (
    :outage_no, :service, :began_at, :ended_at, :is_planned, :is_credited, :longest_silence, :basis, :recorded_at
)
