-- What an indicator left out.
-- Grain: one row an insurer and reason. Scope: one publication and period, the whole province.
-- Exclusions: insurers that the caller may not see. Limits: not split by area.
select
    x.insurer_id,
    coalesce(x.insurer_name, x.insurer_id) as insurer_name,
    x.reason,
    x.record_count,
    x.numerator_text,
    x.denominator_text,
    x.numerator,
    x.denominator
from report.indicator_exclusion as x
where
    x.publication_id = :publication_id
    and x.indicator = (
        select d.indicator from report.indicator_definition as d
        where d.code = :code
    )
    and x.period_kind = :period_kind
order by x.record_count desc, x.insurer_id asc, x.reason asc
