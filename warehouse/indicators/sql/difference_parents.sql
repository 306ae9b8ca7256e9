-- grain: one row an identifier that a record's parent names: the policy of a hazard's service, of a payment's claim
-- scope: parents (their table, the field that is named and their identifiers take the slots) of what moved
-- exclusions: identifiers that are known already
-- limits: any version of a parent counts
insert into identifier
select distinct
    i.place_no,
    i.state_no,
    v.insurer_id,
    n.value
from identifier as i
inner join core.:slot_record_type as v on i.value = v.:slot_field and i.insurer_id = v.insurer_id
cross join lateral unnest(array[:slot_values]) as n (value)
where n.value is not null
except
select
    k.place_no,
    k.state_no,
    k.insurer_id,
    k.value
from identifier as k
