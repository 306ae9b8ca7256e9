-- Shorter deadlines in force. Grain: one row a rule.
select
    d.insurer_id,
    d.record_type,
    d.channel,
    d.working_days,
    d.valid_from,
    d.valid_to,
    d.source
from reference.shorter_deadline as d
where d.known_to = 'infinity'
