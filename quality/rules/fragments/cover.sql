-- Cover of this insurer's policies as now known: endorsed end (type 40) and first day without cover (type 60).
-- grain: one row a policy; void policies (status 60) have cover_start_date null, which is no cover at all
(
    select
        p.insurer_id,
        p.policy_no,
        p.insured_credit_code,
        p.region_code,
        p.issue_date,
        case when p.policy_status_code <> '60' then p.cover_start_date end as cover_start_date,
        coalesce(moved.cover_end_date, p.cover_end_date) as cover_end_date,
        least(p.termination_date, stopped.effective_date) as termination_date
    from core.policy_current as p
    left join (
        select distinct on (policy_no)
            policy_no,
            cover_end_date
        from core.endorsement_current
        where insurer_id = :insurer_id and endorsement_type_code = '40' and cover_end_date is not null
        order by policy_no, effective_date desc, endorsement_no desc
    ) as moved on moved.policy_no = p.policy_no
    left join (
        select
            policy_no,
            min(effective_date) as effective_date
        from core.endorsement_current
        where insurer_id = :insurer_id and endorsement_type_code = '60'
        group by policy_no
    ) as stopped on stopped.policy_no = p.policy_no
    where p.insurer_id = :insurer_id
)
