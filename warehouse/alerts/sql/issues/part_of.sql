-- Whether an alert stands, and whether an insurer has a part in it. Grain: one row, or none. Scope, exclusions, limits: none.
select
    i.insurer_id as owner_insurer_id,
    count(r.alert_no) as standing_count,
    count(r.alert_no) filter (where r.insurer_id = :insurer_id) as own_count
from alert.issue as i
left join alert.record as r on i.alert_no = r.alert_no and r.left_at is null
where i.alert_no = :alert_no
group by i.alert_no, i.insurer_id
