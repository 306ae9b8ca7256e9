-- Verdicts that an extension moved. Grain: one row a verdict.
insert into due (insurer_id, record_type, record_key, milestone)
select
    m.insurer_id,
    m.record_type,
    m.record_key,
    m.milestone
from quality.milestone as m
where m.extension_no = :fact_no and m.timeliness is not null
