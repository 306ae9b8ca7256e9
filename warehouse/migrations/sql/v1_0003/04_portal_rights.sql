-- What the portal's logins may do.
-- Scope: anze_portal keeps sessions and writes the audit by functions alone. anze_portal_insurer and
--   anze_portal_regulator have no right but to become an account of their side, for one transaction.
grant usage on schema access to anze_portal;
revoke execute on function
access.person_of, access.sign_in_facts, access.asks_for_codes, access.waits, access.note_failure,
access.forget_failures, access.use_totp_step, access.open_session, access.session_of, access.close_session, access.token_of, access.digest, access.record
from public, anze_reader, anze_regulator, anze_loader;
grant execute on function
access.sign_in_facts, access.asks_for_codes, access.waits, access.note_failure,
access.forget_failures, access.use_totp_step, access.open_session, access.session_of, access.close_session, access.token_of, access.record
to anze_portal;
