-- Issues for causes that have none yet.
-- Grain: one row a cause. Scope: numbered within kind and day. Exclusions: causes that had an issue: it is reopened.
-- Limits: none.
with fresh as (
    select distinct
        f.kind,
        f.scope,
        f.of_insurer_id,
        f.of_region_code
    from finding as f
    where not exists (
        select from alert.issue as i
        where
            i.kind = f.kind
            and i.scope = f.scope
            and i.insurer_id is not distinct from f.of_insurer_id
            and i.region_code is not distinct from f.of_region_code
    )
)

insert into alert.issue (alert_no, kind, scope, insurer_id, region_code, opened_at)
select
    f.kind || '-' || to_char(cast(:as_of as date), 'YYYYMMDD') || '-'
    || lpad(
        cast(
            row_number() over (partition by f.kind order by f.scope desc, f.of_insurer_id asc, f.of_region_code asc)
            + (
                select count(*)
                from alert.issue as i
                where i.alert_no like f.kind || '-' || to_char(cast(:as_of as date), 'YYYYMMDD') || '-%'
            ) as text
        ), 4, '0'
    ) as alert_no,
    f.kind,
    f.scope,
    f.of_insurer_id,
    f.of_region_code,
    :known_at
from fresh as f
