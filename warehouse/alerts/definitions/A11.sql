-- grain: one row a general hazard past its deadline and not rectified
-- scope: hazards due within twelve months that the due rectification ratio counts as not verified
-- exclusions: major ones (A10); those due on the as-of day; those rectified that await verification
-- limits: a hazard leaves twelve months after its deadline
select
    h.insurer_id,
    p.region_code,
    c.domain_code,
    'hazard' as record_type,
    h.hazard_no as record_key,
    cast(null as date) as deadline_on,
    h.hazard_no,
    h.rectify_deadline_date
from contribution as c
inner join core.hazard_known(:known_at) as h on c.record_id = h.version_id
inner join core.service_record_known(:known_at) as s on h.insurer_id = s.insurer_id and h.service_no = s.service_no
inner join core.policy_known(:known_at) as p on s.insurer_id = p.insurer_id and s.policy_no = p.policy_no
where
    c.exclusion is null
    and c.numerator = 0
    and h.hazard_level_code = '10'
    and h.hazard_status_code not in ('20', '30')
    and h.rectify_deadline_date < :as_of
