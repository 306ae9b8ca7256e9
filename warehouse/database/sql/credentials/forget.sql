-- Takes away what an account signs in with; its tokens stay listed as revoked. Grain: at most one account.
with sessions as (
    delete from access.session
    where role_name = :role_name
),

tokens as (
    update access.token
    set revoked_at = now()
    where role_name = :role_name and revoked_at is null
)

delete from access.credential
where role_name = :role_name
