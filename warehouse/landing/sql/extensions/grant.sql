-- One extension. Grain: one row.
insert into landing.extension (
    extension_no, insurer_id, record_type, city_code, record_keys, events_from, events_to, extra_days, until_on, reason,
    granted_by, granted_at
)
values (
    :extension_no, :insurer_id, :record_type, :city_code, :record_keys, :events_from, :events_to, :extra_days, :until_on,
    :reason, :granted_by, :granted_at
)
