-- The places of an account that a publication has figures of.
-- Grain: one row a region, sector and insurer.
-- Scope: the whole province, or each entitled region; each entitled sector, or all of them together.
-- Exclusions: former codes, of which no figure speaks. Limits: none.
select distinct
    i.region_code,
    i.domain_code,
    i.insurer_id
from report.indicator as i
where
    i.publication_id = :publication_id
    and case when :is_whole then i.region_level = 'province' else i.region_code = any(:region_codes) end
    and i.domain_code = any(:domain_codes)
    and i.insurer_id = :insurer_id
order by i.region_code, i.domain_code, i.insurer_id
