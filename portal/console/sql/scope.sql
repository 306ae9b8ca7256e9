-- The caller's own right.
-- Grain: at most one row. Scope: the role that the transaction has set.
-- Exclusions: rights that ended or have not begun. Limits: an auditor, who is shown all accounts, gets its own only.
select
    role_name,
    kind,
    region_codes,
    domain_codes,
    insurer_id,
    sees_personal
from report.account
where role_name = current_user and valid_from <= now() and (valid_to is null or valid_to > now())
