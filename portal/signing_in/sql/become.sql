-- The account that asks becomes the role of this transaction, and the name by which the server's log knows it.
-- Grain: one row: the login; null when the session was not the portal's own any more.
select
    set_config('application_name', 'anze ' || :login, true) as application_name,
    case when current_user = session_user then set_config('role', :login, true) end as became
