-- What begins with a text.
-- Grain: one row an enterprise, policy, agency or insurer. Scope: current records that the caller may see; insured that are
--   in no register, by their policies.
-- Exclusions: parts within a name: under row security LIKE reads every row.
-- Limits: :row_count rows, of each kind and in all.
(
    select
        'enterprise' as kind,
        e.credit_code as key,
        cast(null as text) as insurer_id,
        coalesce(e.enterprise_name, e.credit_code) as title,
        e.region_code,
        cast(null as bigint) as version_id
    from report.enterprise as e
    where
        e.enterprise_name collate "C" >= :begins
        and e.enterprise_name collate "C" < :ends
    order by e.enterprise_name collate "C"
    limit :row_count
)
union
(
    select
        'enterprise' as kind,
        e.credit_code as key,
        cast(null as text) as insurer_id,
        coalesce(e.enterprise_name, e.credit_code) as title,
        e.region_code,
        cast(null as bigint) as version_id
    from report.enterprise as e
    where e.credit_code >= :upper and e.credit_code < :upper_ends
    order by e.credit_code
    limit :row_count
)
union
(
    select
        'enterprise' as kind,
        p.insured_credit_code as key,
        cast(null as text) as insurer_id,
        coalesce(min(p.insured_name), p.insured_credit_code) as title,
        min(p.region_code) as region_code,
        cast(null as bigint) as version_id
    from report.policy as p
    where
        p.insured_name collate "C" >= :begins
        and p.insured_name collate "C" < :ends
        and not exists (
            select from report.enterprise as e
            where e.credit_code = p.insured_credit_code
        )
    group by p.insured_credit_code
    order by p.insured_credit_code
    limit :row_count
)
union
(
    select
        'policy' as kind,
        p.policy_no as key,
        p.insurer_id,
        coalesce(p.insured_name, p.policy_no) as title,
        p.region_code,
        p.version_id
    from report.policy as p
    where p.policy_no >= :begins and p.policy_no < :ends
    order by p.policy_no
    limit :row_count
)
union
(
    select
        'agency' as kind,
        a.agency_credit_code as key,
        cast(null as text) as insurer_id,
        coalesce(a.agency_name, a.agency_credit_code) as title,
        a.region_code,
        cast(null as bigint) as version_id
    from report.agency as a
    where
        (a.agency_name collate "C" >= :begins and a.agency_name collate "C" < :ends)
        or (a.agency_credit_code >= :upper and a.agency_credit_code < :upper_ends)
    order by a.agency_credit_code
    limit :row_count
)
union
(
    select
        'insurer' as kind,
        i.insurer_id as key,
        i.insurer_id,
        coalesce(i.insurer_name, i.insurer_id) as title,
        cast(null as text) as region_code,
        cast(null as bigint) as version_id
    from report.insurer as i
    where starts_with(i.insurer_name, :begins) or starts_with(i.insurer_code, :upper) or i.credit_code = :upper
    order by i.insurer_id
    limit :row_count
)
order by kind, title, key
limit :row_count
