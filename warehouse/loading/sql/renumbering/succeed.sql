-- Versions to be written with what changed. Grain: one row a version that it is taken from.
-- Those that leave for a key where nothing newer stands, those that refer to a number given up, and those that stand
-- under the new key but were received under the old one first.
insert into successor (version_id, row_no, new_no, new_key)
select
    l.version_id,
    l.row_no,
    l.new_no,
    l.new_key
from leaving as l
where l.newest_no = 1 and not l.stands
union all
select
    stays.version_id,
    stays.row_no,
    cast(null as text) as new_no,
    elder.new_key
from (
    select
        candidate.version_id,
        min(candidate.row_no) as row_no
    from (
        select
            t.version_id,
            t.row_no
        from touched as t
        union all
        select
            l.target_version_id as version_id,
            l.row_no
        from leaving as l
        where l.is_target_younger
    ) as candidate
    where
        candidate.version_id not in (select l2.version_id from leaving as l2)
        and not exists (
            select 1 from leaving as l3
            where l3.target_version_id = candidate.version_id and l3.newest_no = 1 and not l3.stands
        )
    group by candidate.version_id
) as stays
left join lateral (
    select max(l4.new_key) as new_key from leaving as l4
    where l4.target_version_id = stays.version_id
) as elder on true
