-- grain: one row a version of a record whose contribution to a place a step changed, added or took away
-- scope: two states of one place
-- exclusions: contributions that are the same in both
-- limits: a corrected record appears by both its versions
insert into moved (place_no, state_no, record_type, record_id)
select distinct
    :place_no as place_no,
    :state_no as state_no,
    d.record_type,
    d.record_id
from (
    (
        select
            w.record_type,
            w.record_id,
            w.unit,
            w.numerator,
            w.denominator
        from weighed as w
        where w.place_no = :place_no and w.state_no = :before_no
        except all
        select
            w.record_type,
            w.record_id,
            w.unit,
            w.numerator,
            w.denominator
        from weighed as w
        where w.place_no = :place_no and w.state_no = :state_no
    )
    union all
    (
        select
            w.record_type,
            w.record_id,
            w.unit,
            w.numerator,
            w.denominator
        from weighed as w
        where w.place_no = :place_no and w.state_no = :state_no
        except all
        select
            w.record_type,
            w.record_id,
            w.unit,
            w.numerator,
            w.denominator
        from weighed as w
        where w.place_no = :place_no and w.state_no = :before_no
    )
) as d
