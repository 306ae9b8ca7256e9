-- Whether a kind was looked for in a run, and why not. Grain: one row. Scope, exclusions, limits: none.
insert into alert.checked (run_no, kind, problem, finding_count)
select
    :run_no as run_no,
    :kind as kind,
    :problem as problem,
    count(*) as finding_count
from finding as f
where f.kind = :kind
