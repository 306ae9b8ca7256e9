-- Orphan findings whose parent is accepted in this very batch are none.
delete from staged_finding as f
using outcome as o
inner join staged as s on o.row_no = s.row_no
where
    f.parent_record_type = :record_type
    and f.parent_key = o.record_key
    and o.outcome in ('accepted', 'duplicate')
    and s.operation_code <> 'D'
