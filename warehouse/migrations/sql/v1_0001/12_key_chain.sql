-- core.key_chain: every number that one record has had.
-- Grain: one row a number; the record type's number is the first column of its natural key.
-- Limits: numbers that are joined by a renumbering which ever took effect, an undone one included.
create function core.key_chain(record_type text, insurer_id text, number text)
returns table (number text, from_date date, to_date date, is_current boolean)
language sql stable parallel safe as $$
    with recursive edge as (
        select r.old_no, r.new_no, r.effective_date, r.superseded_at is null as is_live
        from core.renumbering as r
        where r.record_type_code = $1 and r.insurer_id = $2 and not r.is_withdrawn
            and (r.superseded_at is null or r.superseded_at > r.recorded_at)
    ),

    chain as (
        select $3 as number
        union
        select case when e.old_no = c.number then e.new_no else e.old_no end
        from chain as c
        inner join edge as e on c.number in (e.old_no, e.new_no)
    )

    select
        c.number,
        (select max(e.effective_date) from edge as e where e.new_no = c.number and e.is_live),
        (select max(e.effective_date) from edge as e where e.old_no = c.number and e.is_live),
        not exists (select from edge as e where e.old_no = c.number and e.is_live)
    from chain as c
$$;
comment on function core.key_chain is '一条记录用过的全部业务号, every number that one record has had';

create index renumbering_of_insurer on core.renumbering (insurer_id) where superseded_at is null;
