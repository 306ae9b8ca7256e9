-- Whether an extension in force speaks of any of the events. Grain: one row.
select exists(
    select 1
    from landing.extension_known as x
    where
        x.insurer_id in (select e.insurer_id from event as e)
        and x.record_type in (:record_type, '*')
        and x.granted_at <= :recorded_at
        and x.revoked_at > :recorded_at
) as is_extended
