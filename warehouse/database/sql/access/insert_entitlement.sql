-- A login's right, from now on. Grain: one row.
insert into access.entitlement (
    role_name, kind, region_codes, domain_codes, insurer_id, sees_personal, granted_by, source
)
values (
    :role_name, :kind, :region_codes, :domain_codes, :insurer_id, :sees_personal, :granted_by, :source
)
