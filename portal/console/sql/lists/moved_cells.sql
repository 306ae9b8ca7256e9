-- Records whose part in a cell differs between two publications.
-- Grain: one row a record and unit. Scope: records behind the cell in either of them, told by their keys.
-- Exclusions: records that count alike in both. Limits: of a record that counts several times, the sums.
-- A version that was judged again moved by it unless the period let it in or out: judging.
with earlier as materialized (
    select
        c.record_type,
        c.record_key,
        c.insurer_id,
        c.unit,
        max(c.version_id) as version_id,
        max(c.business_date) as business_date,
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
),

judged as materialized (
    select
        a.record_type,
        a.version_id
    from report.versions_judged_again(:code, :earlier_known_at, :known_at) as a
),

shared as materialized (
    select
        max(i.period_start) as since,
        min(i.period_end) as until
    from report.indicator as i
    where
        i.publication_id in (:earlier_id, :later_id)
        and i.indicator_code = :code
        and i.period_kind = :period_kind
        and i.region_code = :region_code
        and i.domain_code = :domain_code
        and i.insurer_id = :insurer_id
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
        when o.version_id is null and n.received_at > :earlier_known_at then 'arrived'
        when n.version_id <> o.version_id then 'corrected'
        when
            j.version_id is not null
            and (n.version_id = o.version_id or coalesce(n.business_date, o.business_date) between p.since and p.until)
            then 'judging'
        when n.version_id is null then 'left'
        when o.version_id is null then 'entered'
        else 'linked'
    end as cause
from earlier as o
full join later as n
    on
        o.record_type = n.record_type
        and o.record_key = n.record_key
        and coalesce(o.insurer_id, '') = coalesce(n.insurer_id, '')
        and coalesce(o.unit, '') = coalesce(n.unit, '')
cross join shared as p
left join judged as j
    on coalesce(n.record_type, o.record_type) = j.record_type and coalesce(n.version_id, o.version_id) = j.version_id
where
    coalesce(n.numerator, 0) <> coalesce(o.numerator, 0)
    or coalesce(n.denominator, 0) <> coalesce(o.denominator, 0)
