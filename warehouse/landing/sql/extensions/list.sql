-- Extensions with what became of them, the newest first. Grain: one row an extension.
-- verdict_count: verdicts that stand by it.
select
    e.extension_no,
    e.insurer_id,
    e.record_type,
    e.city_code,
    e.record_keys,
    e.events_from,
    e.events_to,
    e.extra_days,
    e.until_on,
    e.reason,
    e.granted_by,
    e.granted_at,
    x.revoked_at,
    x.revoked_by,
    x.reason as revoke_reason,
    (
        select count(*) from quality.milestone as m
        where m.extension_no = e.extension_no
    ) as verdict_count
from landing.extension as e
left join landing.extension_end as x on e.extension_no = x.extension_no
where
    (cast(:extension_no as bigint) is null or e.extension_no = :extension_no)
    and (cast(:insurer_id as text) is null or e.insurer_id = :insurer_id)
order by e.extension_no desc
