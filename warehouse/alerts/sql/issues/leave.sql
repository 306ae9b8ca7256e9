-- Records that are not found any more leave their issue.
-- Grain: one row a record. Scope: kinds that were looked for. Exclusions: records of insurers whose feeds are missing: they
--   were not looked at, and stay, unless they are found in another issue.
-- Limits: the moment is that of the look; the kind is told by the number.
update alert.record as r
set left_at = :known_at
where
    split_part(r.alert_no, '-', 1) = any(:kinds)
    and r.left_at is null
    and not exists (
        select from finding as f
        where
            f.alert_no = r.alert_no
            and f.record_type = r.record_type
            and f.record_key = r.record_key
            and f.insurer_id is not distinct from r.insurer_id
    )
    and (
        not exists (
            select from unchecked as u
            where u.kind = split_part(r.alert_no, '-', 1) and u.insurer_id = r.insurer_id
        )
        or exists (
            select from finding as f
            where
                f.kind = split_part(r.alert_no, '-', 1)
                and f.record_type = r.record_type
                and f.record_key = r.record_key
                and f.insurer_id is not distinct from r.insurer_id
        )
    )
