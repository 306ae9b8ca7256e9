-- Renumberings of the batch that are new, each with what stands around it: which other number leads to its new number
-- (rival_no), which one was given up for its old number later (retaken_no), what its new number was given up for (next_no, next_at), whether that leads back to its old number
-- (is_back), and the latest change on the way (latest_at).
-- grain: one row a number that the batch gives up; of one number the latest renumbering counts, of batch and core
(
    with recursive edge as (
        select distinct on (either.record_type_code, either.old_no) either.*
        from (
            select
                s.record_type_code,
                s.old_no,
                s.new_no,
                s.source_updated_at,
                s.row_no
            from staged as s
            where
                s.operation_code <> 'D' and s.old_no <> s.new_no
                and not exists (
                    select from core.renumbering as c
                    where
                        c.insurer_id = :insurer_id and c.record_type_code = s.record_type_code
                        and c.old_no = s.old_no and c.content_hash = s.content_hash
                )
            union all
            select
                r.record_type_code,
                r.old_no,
                r.new_no,
                r.source_updated_at,
                null
            from core.renumbering_current as r
            where r.insurer_id = :insurer_id
        ) as either
        order by either.record_type_code, either.old_no, either.source_updated_at desc, either.row_no nulls last
    ),

    walk as (
        select
            e.row_no,
            e.record_type_code,
            e.old_no as target_no,
            e.new_no as at_no,
            cast(null as timestamptz) as latest_at
        from edge as e
        where e.row_no is not null
        union
        select
            w.row_no,
            w.record_type_code,
            w.target_no,
            e.new_no,
            greatest(w.latest_at, e.source_updated_at)
        from walk as w
        join edge as e on e.record_type_code = w.record_type_code and e.old_no = w.at_no
        where w.at_no <> w.target_no
    )

    select
        own.row_no,
        own.record_type_code,
        own.old_no,
        own.new_no,
        own.source_updated_at,
        (
            select min(rival.old_no) from edge as rival
            where
                rival.record_type_code = own.record_type_code and rival.new_no = own.new_no
                and rival.old_no <> own.old_no
        ) as rival_no,
        (
            select min(later.old_no) from edge as later
            where
                later.record_type_code = own.record_type_code and later.new_no = own.old_no
                and later.source_updated_at > own.source_updated_at
        ) as retaken_no,
        onward.new_no as next_no,
        onward.source_updated_at as next_at,
        back.row_no is not null as is_back,
        back.latest_at
    from edge as own
    left join edge as onward on onward.record_type_code = own.record_type_code and onward.old_no = own.new_no
    left join lateral (
        select
            w.row_no,
            max(w.latest_at) as latest_at
        from walk as w
        where w.row_no = own.row_no and w.at_no = w.target_no
        group by w.row_no
    ) as back on true
    where own.row_no is not null
)
