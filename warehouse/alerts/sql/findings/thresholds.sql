-- Values of the register of thresholds for the whole province and all sectors.
-- Grain: one row a rule number: the entry that is in force on the as-of day, the newest of several.
-- Scope: as known at the moment. Exclusions: entries of an area or sector, which SQL that needs them reads by itself.
-- Limits: none.
select distinct on (r.rule_no)
    r.rule_no,
    r.threshold_value
from core.rule_threshold_known(:known_at) as r
where
    r.rule_no = any(:rule_nos)
    and r.region_code = '*'
    and r.high_risk_domain_code = '*'
    and :as_of between r.valid_from_date and coalesce(r.valid_to_date, 'infinity')
order by r.rule_no asc, r.valid_from_date desc, r.version_no desc
