-- The log of loads, what they were judged by, and what people decided.
-- Grain: edition one row a text set (a definition's files, the rule catalogue) that ever judged a batch; load one row
--   a time that a batch was loaded, the first time or again by a replay; decision one row a batch on which a person
--   was asked; discard one row a batch that a person gave up; trouble one row a batch with a verdict that cannot be
--   replayed just now; told one row a batch: is_news says that at least one of its rows became a version of a record.
-- Scope: core, quarantine and findings are a function of the receipts, their bytes, editions, loads, decisions and
--   discards, and nothing else. Exclusions: rows that were known already, held rows, rejected deliveries, empty answers and
--   those not loaded yet are no news.
-- Limits: contracts and code are versioned by the release, not here.
create table landing.edition (
    digest text primary key,
    kind text not null check (kind in ('definition', 'ruleset')),
    texts jsonb not null,
    first_used_at timestamptz not null
);
comment on column landing.edition.texts is 'file name -> text';

-- load_no is drawn under the locks that order loads which see each other: replaying in its order gives the same core.
create sequence landing.load_no;

create table landing.load (
    load_no bigint primary key,
    batch_id bigint not null references landing.batch,
    kind text not null check (kind in ('first', 'replay')),
    recorded_at timestamptz not null,
    contract_version text not null,
    ruleset_version text not null,
    calendar_version text not null,
    definition_digest text not null,
    state text not null check (state in ('loaded', 'partly_loaded', 'rejected')),
    received_count bigint not null,
    accepted_count bigint not null,
    quarantined_count bigint not null,
    duplicate_count bigint not null,
    superseded_count bigint not null,
    withdrawn_count bigint not null,
    reason_code text,
    reason_text text,
    unique (batch_id, recorded_at),
    constraint books_balance check (
        received_count = accepted_count + quarantined_count + duplicate_count + superseded_count
    )
);
comment on column landing.load.withdrawn_count is
'records withdrawn because the delivery replaces what it does not hold; no rows of the delivery';

create unique index load_first on landing.load (batch_id) where kind = 'first';

create table landing.decision (
    batch_id bigint primary key references landing.batch,
    decision text not null check (decision in ('accept', 'refuse')),
    decided_by text not null check (decided_by <> ''),
    decided_at timestamptz not null,
    reason text not null check (reason <> ''),
    live_count bigint not null,
    missing_count bigint not null
);

create table landing.discard (
    batch_id bigint primary key references landing.batch,
    discarded_by text not null check (discarded_by <> ''),
    discarded_at timestamptz not null,
    reason text not null check (reason <> '')
);
comment on table landing.discard is '人工放弃的无法判定的批次:谁、何时、为什么';

-- What cannot be done just now with a batch that has its verdict; it goes when it is over.
create table landing.trouble (
    batch_id bigint primary key references landing.batch,
    since timestamptz not null,
    reason_code text not null,
    reason_text text not null
);
comment on table landing.trouble is '已有结论、需要重放而暂时无法重放的批次,解决后即删除';

create view landing.told as
select
    b.batch_id,
    b.insurer_id,
    b.record_type,
    b.received_at,
    b.state,
    exists(
        select 1 from landing.load as l
        where l.batch_id = b.batch_id and l.accepted_count + l.superseded_count > 0
    ) as is_news
from landing.batch as b;

create function landing.refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'the log of loads is never rewritten' using errcode = '23001';
end
$$;

create procedure landing.protect_log(log_table text) language plpgsql as $$
begin
    execute format('create trigger log_kept before update or delete on landing.%I
        for each row execute function landing.refuse_rewriting()', log_table);
    execute format('create trigger log_emptied before truncate on landing.%I
        for each statement execute function landing.refuse_rewriting()', log_table);
end
$$;

call landing.protect_log('payload');
call landing.protect_log('batch_payload');
call landing.protect_log('edition');
call landing.protect_log('load');
call landing.protect_log('decision');
call landing.protect_log('discard');

grant select, insert on landing.edition, landing.load, landing.decision, landing.discard to anze_loader;
grant select, insert, update, delete on landing.trouble to anze_loader;
grant usage on sequence landing.load_no to anze_loader;
grant select on landing.told to anze_loader;
