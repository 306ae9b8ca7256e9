-- Targets of indicators that the register of thresholds has for an area and sector on a day.
-- Grain: one row a rule: the nearest to the place. Scope: the rules asked for. Exclusions: other units than a ratio.
-- Limits: a target is a lower bound.
select distinct on (t.rule_no)
    t.rule_no,
    t.threshold_value,
    t.source_document_text
from report.rule_threshold as t
where
    t.rule_no = any(:rules)
    and t.unit_code = 'ratio'
    and t.operator_code in ('>=', '=')
    and :day between t.valid_from_date and coalesce(t.valid_to_date, 'infinity')
    and (t.region_code = '*' or starts_with(:region_code, t.region_code))
    and t.high_risk_domain_code in ('*', :domain_code)
order by t.rule_no asc, length(t.region_code) desc, t.high_risk_domain_code desc
