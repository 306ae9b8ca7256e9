-- What was judged again, in the order in which loads and judgings saw each other. Grain: one row a judging.
select
    j.judging_no,
    j.kind,
    j.fact_no,
    j.judged_at,
    j.judged_by
from landing.judging as j
where j.kind <> 'begin'
order by j.judging_no
