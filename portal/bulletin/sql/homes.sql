-- The places of the caller's own right that a publication has figures of.
-- Grain: one row a region, sector and insurer, the widest first.
-- Scope: the province where the right names no region, else each of its regions; each of its sectors, or all together.
-- Exclusions: former codes of areas, of which no figure speaks; ended rights. Limits: none.
with own as (
    select
        a.region_codes,
        a.domain_codes,
        a.insurer_id
    from report.account as a
    where a.role_name = current_user and a.valid_from <= now() and (a.valid_to is null or a.valid_to > now())
)

select distinct
    i.region_code,
    i.domain_code,
    i.insurer_id
from report.indicator as i
inner join own as o
    on
        i.insurer_id = o.insurer_id
        and i.domain_code = any(o.domain_codes)
        and case when '*' = any(o.region_codes) then i.region_level = 'province' else i.region_code = any(o.region_codes) end
where i.publication_id = :publication_id
order by i.region_code, i.domain_code, i.insurer_id
