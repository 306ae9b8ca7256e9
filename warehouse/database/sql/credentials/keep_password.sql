-- An account's password for the portal; sessions that were opened with another end. Grain: one row.
with ended as (
    delete from access.session
    where role_name = :role_name
)

insert into access.credential (role_name, password_hash)
values (:role_name, :password_hash)
on conflict (role_name) do update set password_hash = excluded.password_hash, changed_at = now()
