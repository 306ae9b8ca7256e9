-- Plans of backfills and replays, and how far they got.
-- Grain: plan one row a plan; plan_part one row an insurer and window of Shanghai days of a plan.
-- Scope: what was asked, what it was planned on (fingerprint), what it would change (effects, null when nobody asked),
--   and which parts are done. Nothing of this is an input of core.
-- Limits: effects are those of the moment of planning; run refuses when the fingerprint moved.
create table landing.plan (
    plan_id bigint generated always as identity primary key,
    mode text not null check (mode in ('recollect', 'replay')),
    insurer_ids text[] not null,
    record_types text[] not null,
    from_date date not null,
    to_date date not null check (to_date >= from_date),
    window_days integer not null check (window_days > 0),
    fingerprint jsonb not null,
    effects jsonb,
    created_at timestamptz not null,
    created_by text not null check (created_by <> ''),
    reason text not null,
    started_at timestamptz
);

create table landing.plan_part (
    plan_id bigint not null references landing.plan,
    part_no integer not null,
    insurer_id text not null,
    from_date date not null,
    to_date date not null check (to_date >= from_date),
    day_count integer not null,
    delivered_day_count integer not null,
    batch_count integer not null,
    row_count bigint not null,
    batch_ids bigint[] not null,
    done_batch_ids bigint[],
    done_at timestamptz,
    primary key (plan_id, part_no),
    check ((done_at is null) = (done_batch_ids is null))
);
comment on column landing.plan_part.batch_ids is 'to be replayed, in the order received; empty when collecting again';
comment on column landing.plan_part.done_batch_ids is 'what was replayed, or landed by collecting again';

grant select, insert on landing.plan, landing.plan_part to anze_loader;
grant update (started_at) on landing.plan to anze_loader;
grant update (done_at, done_batch_ids) on landing.plan_part to anze_loader;
