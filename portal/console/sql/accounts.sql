-- Accounts and what they may see.
-- Grain: one row an account and stretch of time. Scope: all for an auditor, else the caller's own. Exclusions: none.
-- Limits: of one account the newest right first; whether a right runs, the server's own clock says.
select
    a.role_name,
    a.kind,
    a.region_codes,
    a.domain_codes,
    a.insurer_id,
    a.sees_personal,
    a.valid_from,
    a.valid_to,
    a.granted_by,
    a.source,
    a.valid_from <= now() and (a.valid_to is null or a.valid_to > now()) as is_open
from report.account as a
order by a.role_name asc, a.valid_from desc
