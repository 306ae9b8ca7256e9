-- grain: one row a record with an open finding, or a held row, of the rules of the definition
-- scope: as the rules say; rule_finding holds what is open of the rules that the definition names
-- exclusions: findings whose record was corrected since
-- limits: the rule judged the record as it was loaded; a held row has no area
select
    f.insurer_id,
    min(f.region_code) as region_code,
    min(f.domain_code) as domain_code,
    f.record_type,
    f.record_key,
    cast(null as date) as deadline_on,
    string_agg(distinct f.rule_title, '、') as told
from rule_finding as f
group by f.insurer_id, f.record_type, f.record_key
