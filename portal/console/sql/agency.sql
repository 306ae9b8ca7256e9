-- One agency by the register. Grain: at most one row. Scope: the current version. Exclusions, limits: none.
select
    a.agency_credit_code,
    a.agency_name,
    a.region_code,
    a.qualification_list,
    a.is_committee_member,
    a.expert_count,
    a.restricted_from_date,
    a.restricted_to_date,
    a.version_id
from report.agency as a
where a.agency_credit_code = :agency_credit_code
