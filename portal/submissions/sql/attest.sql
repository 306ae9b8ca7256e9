-- A named person answers for a delivery. Grain: one row; the insurer's own delivery only.
insert into landing.attestation (batch_id, insurer_id, person_name, person_position, statement, stated_by)
select
    b.batch_id,
    b.insurer_id,
    :person_name,
    :person_position,
    :statement,
    :stated_by
from landing.batch as b
where b.batch_id = :batch_id and b.insurer_id = :insurer_id
returning attestation_id
