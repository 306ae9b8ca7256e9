-- Current versions with a number that was given up in one column. Grain: one row a version.
-- Withdrawn ones keep what they refer to, and move with their own number unless that is closed by a renumbering.
-- slot_core, slot_number_column: the table and the column; named_type: the record type that the column names; is_own: whether it
-- is the record's own number.
insert into touched (version_id, field, row_no, old_no, new_no, reason_text, step)
select
    c.version_id,
    :field as field,
    m.row_no,
    m.old_no,
    m.new_no,
    m.reason_text,
    m.step
from :slot_core as c
inner join moved as m on m.record_type_code = :named_type and :slot_number_column = m.old_no
where
    c.insurer_id = :insurer_id and c.superseded_at is null
    and (not c.is_withdrawn or (:is_own and (c.content_hash is not null or coalesce(c.origin_row_no, c.row_no) = 0)))
