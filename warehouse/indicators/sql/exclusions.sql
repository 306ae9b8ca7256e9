-- grain: one row an insurer and reason of one definition and period
-- scope: contributions that were left out; '*' stands for registers, which have no insurer
-- exclusions: none
-- limits: sums as far as the record is known; the slot is mart, or the schema of a table like it
insert into :slot_schema.indicator_exclusion (
    publication_id, indicator, period_kind, insurer_id, reason, record_count, numerator, denominator
)
select
    :publication_id,
    :indicator,
    :period_kind,
    coalesce(c.insurer_id, '*') as insurer_id,
    c.exclusion,
    count(*) as record_count,
    coalesce(sum(c.numerator), 0) as numerator,
    coalesce(sum(c.denominator), 0) as denominator
from contribution as c
where c.exclusion is not null
group by coalesce(c.insurer_id, '*'), c.exclusion
