-- What the indicators mean, and where a target of one is in the register of thresholds.
-- Grain: one row an indicator. Scope: :codes; the target that holds on :as_of for the region, the province or everywhere,
-- the nearest first: R36, coverage (I1). Exclusions: thresholds of single sectors. Limits: no other indicator has a target.
select
    d.code,
    d.name_zh,
    d.name_en,
    d.unit,
    d.direction,
    d.definition_version,
    d.numerator_zh,
    d.denominator_zh,
    d.population_zh,
    d.source_document,
    t.threshold_value as target,
    t.source_document_text as target_source
from report.indicator_definition as d
left join lateral (
    select
        r.threshold_value,
        r.source_document_text
    from report.rule_threshold as r
    where
        d.code = 'I1'
        and r.rule_no = 'R36'
        and r.unit_code = 'ratio'
        and r.high_risk_domain_code = '*'
        and (r.region_code = '*' or :region_code like r.region_code || '%' or :region_code = r.region_code)
        and :as_of >= r.valid_from_date
        and :as_of <= coalesce(r.valid_to_date, 'infinity')
    order by length(r.region_code) desc, r.version_no desc
    limit 1
) as t on true
where d.code = any(:codes)
order by d.code
