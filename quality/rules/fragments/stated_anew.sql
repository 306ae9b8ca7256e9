-- Rows of the batch that say 新增 of a number that is known with other content, each beside what was said last before
-- it: in core by another batch, or over an interface earlier in this batch. Order as the merge's: time of change, receipt.
-- is_other_subject: the record is about somebody else. Grain: one row a row of the batch.
-- Exclusions: deliveries that replace, which say everything anew; feeds of which insert_may_change says that their
-- interface cannot tell 新增 from 变更, unless the subject differs; numbers whose record was withdrawn.
(
    with anew as (
        select s.*
        from staged as s
        where s.operation_code = 'I' and s.record_key is not null and cast(:replaces as text) is null
    ),

    repeated as (
        select record_key from staged
        where :channel = 'api'
        group by record_key
        having count(*) > 1
    ),

    prior as (
        select
            s.row_no,
            c.source_updated_at,
            c.batch_id,
            c.row_no as known_row_no,
            c.is_withdrawn,
            (c.content_hash is distinct from s.content_hash) and {is_other_content} as is_other_content,
            {is_other_subject} as is_other_subject,
            {subject_known} as known,
            {subject_said} as said
        from anew as s
        join core.{record_type} as c
            on
                c.insurer_id = :insurer_id and {key_match} and c.superseded_at is null and c.batch_id <> :batch_id
                and (c.source_updated_at, c.batch_id) < (s.source_updated_at, cast(:batch_id as bigint))
        union all
        select
            s.row_no,
            c.source_updated_at,
            c.batch_id,
            c.row_no,
            c.is_withdrawn,
            (c.content_hash is distinct from s.content_hash) and {is_other_content},
            {is_other_subject},
            {subject_known},
            {subject_said}
        from anew as s
        join core.{record_type} as c
            on
                c.insurer_id = :insurer_id and {key_match} and c.superseded_at is not null and c.batch_id <> :batch_id
                and (c.source_updated_at, c.batch_id) < (s.source_updated_at, cast(:batch_id as bigint))
        union all
        select
            s.row_no,
            c.source_updated_at,
            :batch_id,
            c.row_no,
            c.operation_code = 'D',
            (c.content_hash is distinct from s.content_hash) and {is_other_content},
            {is_other_subject},
            {subject_known},
            {subject_said}
        from anew as s
        join repeated as r on r.record_key = s.record_key
        join staged as c
            on c.record_key = s.record_key and (c.source_updated_at, c.row_no) < (s.source_updated_at, s.row_no)
    ),

    last_said as (
        select distinct on (p.row_no) p.*
        from prior as p
        order by p.row_no, p.source_updated_at desc, p.batch_id desc, p.known_row_no desc
    )

    select
        l.row_no,
        l.is_other_subject,
        l.said,
        l.known,
        {subject_field} as field
    from last_said as l
    where
        l.is_other_content and not l.is_withdrawn
        and (
            l.is_other_subject
            or not coalesce((
                select b.value = 1
                from {bounds} as b (name, value, insurer_id, record_type, valid_from, valid_to)
                where
                    b.name = 'insert_may_change'
                    and b.insurer_id in ('*', :insurer_id) and b.record_type in ('*', '{record_type}')
                    and cast(:received_at at time zone 'Asia/Shanghai' as date)
                    between b.valid_from and coalesce(b.valid_to, 'infinity')
                order by b.insurer_id = '*', b.record_type = '*', b.valid_from desc
                limit 1
            ), false)
        )
)
