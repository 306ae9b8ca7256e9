-- What the bounds of a publication are computed from, for the rest of the transaction.
-- Grain: bound_feed one row a feed that lacks a delivery; bound_reach one row a feed and record type that it can move by
--   what hangs on it; bound_row one row a version of a record of a sender of theirs, with the record's current version;
--   bound_area one row a policy, its city; bound_portfolio one row an area and insurer; bound_mass, bound_pace and bound_record:
--   see there.
-- Scope: what is known at :known_at. Limits: needs policy_timeline and contribution of snapshot.sql.
drop table if exists pg_temp.bound_feed, pg_temp.bound_reach, pg_temp.bound_row, pg_temp.bound_area,
pg_temp.bound_portfolio, pg_temp.bound_mass, pg_temp.bound_pace, pg_temp.bound_record;

create temporary table bound_feed on commit drop as
select
    f.insurer_id,
    f.record_type,
    f.whole_until,
    cast(ceil(extract(epoch from :known_at - f.whole_until) / 86400) as integer) + 1 as gap_days,
    case
        when f.whole_until is null then 'no_history'
        when :known_at - f.whole_until > make_interval(days => :longest_gap_days) then 'long_gap'
        when f.whole_until - f.first_at < make_interval(days => :settling_days + :least_history_days) then 'short_history'
    end as unbounded_reason,
    f.first_at + make_interval(days => :settling_days) as settled_at
from unnest(
    cast(:insurer_ids as text[]), cast(:record_types as text[]), cast(:first_ats as timestamptz[]),
    cast(:whole_untils as timestamptz[])
) as f (insurer_id, record_type, first_at, whole_until);

create temporary table bound_reach on commit drop as
select distinct
    f.insurer_id,
    f.record_type as feed,
    d.record_type
from bound_feed as f
inner join unnest(cast(:parents as text[]), cast(:children as text[])) as d (parent, record_type)
    on f.record_type = d.parent;

create temporary table bound_row (
    record_type text,
    insurer_id text,
    current_id bigint,
    recorded_at timestamptz,
    is_first boolean,
    policy_no text,
    region_code text
) on commit drop;

create temporary table bound_area on commit drop as
select
    t.insurer_id,
    t.policy_no,
    g.city_code
from policy_timeline as t
left join reference.region_resolution as g on t.region_code = g.region_code and g.valid_to is null
where t.valid_to = 'infinity' and t.insurer_id in (select f.insurer_id from bound_feed as f);

create temporary table bound_portfolio on commit drop as
select
    coalesce(g.city_code, :province_code) as region_code,
    coalesce(t.insurer_id, '*') as insurer_id,
    count(*) filter (where t.cover_from <= :as_of and t.cover_to >= :as_of) as policy_count,
    max(t.per_person_limit_amount) as per_person_limit_amount,
    max(t.written_premium_amount) as written_premium_amount
from policy_timeline as t
inner join reference.region_resolution as g
    on
        t.region_code = g.region_code
        and :as_of >= g.valid_from
        and :as_of <= coalesce(g.valid_to, 'infinity')
        and g.province_code = :province_code
group by grouping sets ((g.city_code, t.insurer_id), (g.city_code), (t.insurer_id), ());

create temporary table bound_mass (
    record_type text,
    record_id bigint,
    more_numerator numeric,
    less_numerator numeric,
    more_denominator numeric,
    less_denominator numeric
) on commit drop;

create temporary table bound_pace (
    insurer_id text,
    record_type text,
    region_code text,
    row_count numeric,
    new_denominator numeric,
    more_numerator numeric,
    less_numerator numeric,
    more_denominator numeric,
    less_denominator numeric
) on commit drop
