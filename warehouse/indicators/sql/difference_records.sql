-- grain: one row a changed record (its last version of this cause) that shares an identifier with what a step moved
-- scope: one place and step; when none shares one (a threshold names no policy), every change of the cause
-- exclusions: none
-- limits: numbers are compared within an insurer, and with the registers
with moved_identifier as (
    select distinct
        i.insurer_id,
        i.value
    from identifier as i
    where i.place_no = :place_no and i.state_no = :state_no
),

linked as (
    select distinct
        c.record_type,
        c.identity
    from change_identifier as c
    inner join moved_identifier as m
        on
            c.value = m.value
            and (c.insurer_id = m.insurer_id or 'regulator' in (c.insurer_id, m.insurer_id))
),

candidate as (
    select
        c.*,
        l.identity is not null as is_linked
    from change as c
    left join linked as l on c.record_type = l.record_type and c.identity = l.identity
    where c.step = :step
)

select distinct on (c.record_type, c.identity)
    c.record_type,
    c.version_id,
    c.insurer_id,
    c.record_key,
    c.batch_id,
    c.row_no,
    c.recorded_at,
    c.is_linked
from candidate as c
where
    c.is_linked or not exists (
        select 1 from candidate as any_linked
        where any_linked.is_linked
    )
order by c.record_type asc, c.identity asc, c.recorded_at desc, c.version_id desc
