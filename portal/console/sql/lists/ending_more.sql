-- The renewal of each of some policies that end.
-- Grain: one row a policy that is named and that the caller may see. Scope, exclusions, limits: as report.policy_renewal.
select
    concat_ws(':', r.insurer_id, r.policy_no) as row_key,
    r.next_policy_no
from report.policy_renewal(
    :known_at, cast(:insurer_ids as text[]), cast(:record_keys as text[]), cast(:dates as date[])
) as r
