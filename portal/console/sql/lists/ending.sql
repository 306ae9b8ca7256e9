-- Policies in force whose cover ends soon.
-- Grain: one row a policy. Scope: in force on the as-of day, by its endorsements; last day of cover within :days days of it.
-- Exclusions: followers of coinsured policies, which the lead reports. Limits: the
--   renewal is looked up for the rows of a page only.
select
    to_char(s.last_day, 'YYYY-MM-DD') as sort_key,
    concat_ws(':', s.insurer_id, s.policy_no) as row_key,
    s.last_day as on_date,
    'policy' as record_type,
    s.version_id,
    s.policy_no as record_key,
    s.insurer_id,
    s.region_code,
    s.high_risk_domain_code as domain_code,
    s.policy_no,
    s.insured_name,
    s.insured_credit_code,
    s.last_day,
    s.last_day - :as_of as days_left
from report.policy_ending(:as_of, :known_at, :days) as s
