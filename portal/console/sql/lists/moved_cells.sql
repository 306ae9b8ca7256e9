-- Records whose part in a cell differs between two publications.
-- Grain: one row a record and unit. Scope: records behind the cell in either of them, told by their keys.
-- Exclusions: records that count alike in both. Limits: of a record that counts several times, the sums.
with earlier as materialized (
    select
        c.record_type,
        c.record_key,
        c.insurer_id,
        c.unit,
        max(c.version_id) as version_id,
        sum(c.numerator) as numerator,
        sum(c.denominator) as denominator
    from (
        :slot_earlier
    ) as c
    group by c.record_type, c.record_key, c.insurer_id, c.unit
),

later as materialized (
    select
        c.record_type,
        c.record_key,
        c.insurer_id,
        c.unit,
        max(c.version_id) as version_id,
        max(c.received_at) as received_at,
        max(c.business_date) as business_date,
        sum(c.numerator) as numerator,
        sum(c.denominator) as denominator
    from (
        :slot_later
    ) as c
    group by c.record_type, c.record_key, c.insurer_id, c.unit
)

select
    coalesce(n.record_type, o.record_type) as record_type,
    coalesce(n.record_key, o.record_key) as record_key,
    coalesce(n.insurer_id, o.insurer_id) as insurer_id,
    coalesce(n.unit, o.unit) as unit,
    coalesce(n.version_id, o.version_id) as version_id,
    n.business_date,
    o.numerator as numerator_before,
    n.numerator as numerator_after,
    o.denominator as denominator_before,
    n.denominator as denominator_after,
    coalesce(n.numerator, 0) - coalesce(o.numerator, 0) as numerator,
    coalesce(n.denominator, 0) - coalesce(o.denominator, 0) as denominator,
    case
        when n.version_id is null then 'left'
        when o.version_id is null and n.received_at > :earlier_known_at then 'arrived'
        when o.version_id is null then 'entered'
        when n.version_id <> o.version_id then 'corrected'
        else 'linked'
    end as cause
from earlier as o
full join later as n
    on
        o.record_type = n.record_type
        and o.record_key = n.record_key
        and coalesce(o.insurer_id, '') = coalesce(n.insurer_id, '')
        and coalesce(o.unit, '') = coalesce(n.unit, '')
where
    coalesce(n.numerator, 0) <> coalesce(o.numerator, 0)
    or coalesce(n.denominator, 0) <> coalesce(o.denominator, 0)
