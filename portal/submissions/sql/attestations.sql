-- Who answers for a delivery, the newest first. Grain: one row a statement.
select
    a.person_name,
    a.person_position,
    a.statement,
    a.stated_by,
    a.stated_at
from report.attestation as a
where a.batch_id = :batch_id
order by a.attestation_id desc
