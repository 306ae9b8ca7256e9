-- City branches of an insurer. Grain: one row a branch. Scope: today's register, ended ones too. Exclusions, limits: none.
select
    b.branch_code,
    b.branch_region_code,
    b.valid_from_date,
    b.valid_to_date
from report.insurer_branch as b
where b.insurer_code = :insurer_code
order by b.branch_region_code, b.branch_code
