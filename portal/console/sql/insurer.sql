-- One insurer by the register. Grain: at most one row. Scope: today's register. Exclusions, limits: as report.insurer.
select
    i.insurer_id,
    i.insurer_name,
    i.insurer_code,
    i.credit_code,
    i.feed_mode_code,
    i.valid_from_date,
    i.valid_to_date
from report.insurer as i
where i.insurer_id = :insurer_id
