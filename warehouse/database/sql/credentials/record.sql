-- Appends what an administrator did to the audit. Grain: one row.
select access.record(
    :role_name, 'account', :object, cast(:filter as jsonb), null, null, 'localhost', 'command'
)
