-- grain: one row an identifier of a record: its own numbers and those of the records that it names
-- scope: the versions of one record type that stand in a temporary table (its name takes the slot)
-- exclusions: none
-- limits: numbers are an insurer's own, credit codes everybody's
insert into :slot_target
select distinct
    :slot_marks,
    v.insurer_id,
    i.value
from :slot_source as s
inner join core.:slot_record_type as v on s.:slot_version = v.version_id
cross join lateral unnest(array[:slot_values]) as i (value)
where s.record_type = ':slot_record_type' and i.value is not null
