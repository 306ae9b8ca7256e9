-- Empty tables for the difference between two states of knowledge, for the rest of the transaction.
-- Grain: change one row a version that became current between the moments, with its cause, and (step 0) one row a key
--   that it moved, the version known before; chosen one row a moved key, its version in the current hybrid state;
--   weighed one row a state, place and contribution; load_cause one row a load between the moments.
--   verdict_moment one row, until when verdicts were judged again in the current hybrid state.
-- Scope: one difference. Limits: temporary tables.
drop table if exists pg_temp.change, pg_temp.chosen, pg_temp.weighed, pg_temp.load_cause, pg_temp.moved, pg_temp.identifier,
pg_temp.verdict_moment;

create temporary table verdict_moment on commit drop as
select cast(:known_from as timestamptz) as known_at;

create temporary table change (
    record_type text not null,
    identity text not null,
    step integer not null,
    cause text,
    version_id bigint not null,
    insurer_id text not null,
    record_key text not null,
    batch_id bigint not null,
    row_no bigint not null,
    recorded_at timestamptz not null
) on commit drop;

create temporary table chosen (
    record_type text not null,
    version_id bigint not null
) on commit drop;

create temporary table weighed (
    place_no integer not null,
    state_no integer not null,
    record_type text not null,
    record_id bigint not null,
    unit text,
    numerator numeric not null,
    denominator numeric not null
) on commit drop;

create temporary table moved (
    place_no integer not null,
    state_no integer not null,
    record_type text not null,
    record_id bigint not null
) on commit drop;

create temporary table identifier (
    place_no integer not null,
    state_no integer not null,
    insurer_id text,
    value text not null
) on commit drop;

create temporary table load_cause on commit drop as
select
    l.batch_id,
    l.recorded_at,
    case
        when l.kind = 'replay'
            then
                case
                    when
                        p.calendar_version <> l.calendar_version
                        and (p.ruleset_version, p.definition_digest, p.contract_version)
                        = (l.ruleset_version, l.definition_digest, l.contract_version)
                        then 'calendar'
                    else 'rule'
                end
        when b.record_type = any(:registers) then 'register'
        when b.record_type = 'renumbering' then 'correction'
    end as cause
from landing.load as l
inner join landing.batch as b on l.batch_id = b.batch_id
left join lateral (
    select
        e.ruleset_version,
        e.calendar_version,
        e.definition_digest,
        e.contract_version
    from landing.load as e
    where e.batch_id = l.batch_id and e.load_no < l.load_no
    order by e.load_no desc
    limit 1
) as p on true
where l.recorded_at > :known_from and l.recorded_at <= :known_to;
