-- grain: one row a record behind a cell, with the batch, row and files that it came from
-- scope: the picked contributions of one record type (its table and key take the slots), largest first
-- exclusions: none
-- limits: at most :row_limit rows; a batch of several pages names them all
select
    b.record_type,
    v.version_id,
    b.insurer_id,
    concat_ws('|', :slot_key) as record_key,
    b.unit,
    v.batch_id,
    v.row_no,
    array(
        select p.name from landing.batch_payload as p
        where p.batch_id = v.batch_id
        order by p.position
    ) as files,
    b.business_date,
    b.numerator,
    b.denominator,
    b.exclusion
from behind as b
inner join core.:slot_record_type as v on b.record_id = v.version_id
where b.record_type = :record_type
order by abs(b.numerator) desc, abs(b.denominator) desc, record_key asc, v.version_id asc
limit :row_limit
