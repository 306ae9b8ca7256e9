-- To which issue each finding belongs: of its insurer, of its city, or of the province.
-- Grain: one row a finding. Scope: a kind of insurers that is found at many of them at one time is one issue: from :least
--   insurers on, and, once there is one, until half as many are left.
-- Exclusions: kinds that do not roll up. Limits: what has no city that is known is the province's.
with wide as (
    select f.kind
    from finding as f
    where f.kind = any(:rolling)
    group by f.kind
    having
        count(distinct f.insurer_id) >= :least
        or (
            2 * count(distinct f.insurer_id) >= :least
            and exists (
                select from alert.issue as i
                inner join alert.record as r on i.alert_no = r.alert_no and r.left_at is null
                where i.kind = f.kind and i.scope = 'province'
            )
        )
),

placed as (
    select
        f.ctid as place,
        case
            when k.owner_kind = 'insurer' and f.insurer_id is not null and w.kind is null then 'insurer'
            when k.owner_kind = 'city' and g.city_code is not null then 'city'
            else 'province'
        end as scope,
        g.city_code
    from finding as f
    inner join reference.alert_kind as k on f.kind = k.kind
    left join wide as w on f.kind = w.kind
    left join reference.region_resolution as g
        on
            f.region_code = g.region_code
            and :as_of >= g.valid_from
            and :as_of <= coalesce(g.valid_to, 'infinity')
)

update finding as f
set
    scope = p.scope,
    of_insurer_id = case p.scope when 'insurer' then f.insurer_id end,
    of_region_code = case p.scope when 'city' then p.city_code end
from placed as p
where f.ctid = p.place
