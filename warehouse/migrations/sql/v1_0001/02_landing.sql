-- Landing: what arrived, when, and what became of it.
-- Grain: payload one row a distinct byte string; batch one row a delivery (its receipt); batch_payload one row a
--   part of a delivery; cursor one row a feed; lease one row a feed that was ever loaded; told one row a batch.
-- Scope: state stuck = a batch that cannot be judged as things are, with the reason; it is tried again at every look, and
--   ends by being judged or by a person who discards it. awaiting = a person is asked before records are withdrawn;
--   live_count and missing_count are what is asked about. replaces null: a delivery of changes. again_of = the first batch
--   of the same bytes, whose verdict does not stand or would not be the same today.
-- Limits: the bytes themselves are files named by their digest, outside the database. Equal bytes may be judged more than
--   once: whether they are is decided under the feed's lock, when a batch is inserted.
create table landing.payload (
    sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes bigint not null check (size_bytes >= 0),
    media_type text not null,
    landed_at timestamptz not null
);

create table landing.batch (
    batch_id bigint generated always as identity primary key,
    insurer_id text not null,
    record_type text not null,
    channel text not null check (channel in ('api', 'drop', 'submit', 'register')),
    interval_start timestamptz,
    interval_end timestamptz,
    received_at timestamptz not null,
    digest text not null,
    state text not null default 'received'
    check (state in ('received', 'stuck', 'awaiting', 'loaded', 'partly_loaded', 'rejected', 'duplicate')),
    duplicate_of bigint references landing.batch,
    contract_version text,
    ruleset_version text,
    calendar_version text,
    definition_digest text not null default '',
    declared_row_count bigint,
    declared_amount_field text,
    declared_amount numeric(18, 2),
    received_count bigint,
    accepted_count bigint,
    quarantined_count bigint,
    duplicate_count bigint,
    superseded_count bigint,
    reason_code text,
    reason_text text,
    loaded_at timestamptz,
    replaces text check (replaces in ('all', 'window')),
    replaces_from date,
    replaces_to date,
    follows_batch_id bigint references landing.batch,
    live_count bigint,
    missing_count bigint,
    again_of bigint references landing.batch,
    check ((state = 'duplicate') = (duplicate_of is not null)),
    constraint batch_loaded check (state in ('received', 'stuck', 'awaiting', 'duplicate') or loaded_at is not null),
    constraint books_balance check (
        received_count is null
        or received_count = accepted_count + quarantined_count + duplicate_count + superseded_count
    ),
    constraint books_kept check (
        state not in ('loaded', 'partly_loaded', 'rejected')
        or num_nulls(received_count, accepted_count, quarantined_count, duplicate_count, superseded_count) = 0
    ),
    constraint replaces_span check (
        case
            when replaces = 'window' then replaces_from <= replaces_to
            else num_nonnulls(replaces_from, replaces_to) = 0
        end
    ),
    constraint awaiting_numbers check (state <> 'awaiting' or num_nulls(live_count, missing_count) = 0),
    constraint stuck_reason check (state <> 'stuck' or num_nulls(reason_code, reason_text) = 0),
    constraint again_is_judged check (again_of is null or duplicate_of is null)
);
comment on column landing.batch.replaces is '替换方式: all 全量, window 按主要事件日期的区间; 空为增量';
comment on column landing.batch.follows_batch_id is '同样的字节从哪一批之后重新算作新的报送: 增量为此前最近的替换批次, 替换为此前最近的任何批次';
comment on column landing.batch.again_of is '同样的字节最先到达的批次:其结论不成立,或今天会不同,因此重新判定';
create index batch_digest on landing.batch (insurer_id, record_type, digest) where state <> 'duplicate';

create index batch_pending on landing.batch (batch_id) where state = 'received';

create index batch_stuck on landing.batch (batch_id) where state = 'stuck';

create index batch_awaiting on landing.batch (batch_id) where state = 'awaiting';

create index batch_feed on landing.batch (insurer_id, record_type, received_at);

create table landing.batch_payload (
    batch_id bigint not null references landing.batch,
    position integer not null,
    sha256 text not null references landing.payload,
    name text not null,
    primary key (batch_id, position)
);

create index batch_payload_sha256 on landing.batch_payload (sha256);

create table landing.cursor (
    insurer_id text not null,
    record_type text not null,
    value timestamptz not null,
    batch_id bigint references landing.batch,
    moved_at timestamptz not null,
    primary key (insurer_id, record_type)
);

create table landing.lease (
    feed text primary key,
    holder text not null,
    token bigint not null,
    expires_at timestamptz not null,
    session_pid integer not null,
    session_started_at timestamptz
);

create function landing.protect_receipt() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' then
        raise exception 'receipts are never deleted' using errcode = '23001';
    end if;
    if old.state in ('duplicate', 'loaded', 'partly_loaded', 'rejected') then
        raise exception 'a receipt in its final state is never rewritten' using errcode = '23001';
    end if;
    if (old.batch_id, old.insurer_id, old.record_type, old.channel, old.interval_start, old.interval_end,
        old.received_at, old.digest, old.definition_digest, old.duplicate_of, old.declared_row_count,
        old.declared_amount_field, old.declared_amount, old.replaces, old.replaces_from, old.replaces_to,
        old.follows_batch_id, old.again_of)
        is distinct from
       (new.batch_id, new.insurer_id, new.record_type, new.channel, new.interval_start, new.interval_end,
        new.received_at, new.digest, new.definition_digest, new.duplicate_of, new.declared_row_count,
        new.declared_amount_field, new.declared_amount, new.replaces, new.replaces_from, new.replaces_to,
        new.follows_batch_id, new.again_of) then
        raise exception 'receipts are never rewritten' using errcode = '23001';
    end if;
    return new;
end
$$;

create trigger protect_receipt before update or delete on landing.batch
for each row execute function landing.protect_receipt();

create trigger protect_receipt_all before truncate on landing.batch
for each statement execute function landing.protect_receipt();

-- A batch that a person was asked about and that is loaded since is told as received: when it began to wait is not kept.
create function landing.batch_known(known_at timestamptz)
returns table (
    batch_id bigint,
    insurer_id text,
    record_type text,
    channel text,
    received_at timestamptz,
    state text,
    duplicate_of bigint,
    replaces text,
    replaces_from date,
    replaces_to date,
    loaded_at timestamptz,
    received_count bigint,
    accepted_count bigint,
    quarantined_count bigint,
    duplicate_count bigint,
    superseded_count bigint,
    reason_code text,
    reason_text text
) language sql stable parallel safe as $$
    select
        b.batch_id, b.insurer_id, b.record_type, b.channel, b.received_at,
        case when b.loaded_at > $1 then 'received' else b.state end,
        b.duplicate_of, b.replaces, b.replaces_from, b.replaces_to,
        case when b.loaded_at <= $1 then b.loaded_at end,
        case when b.loaded_at <= $1 then b.received_count end,
        case when b.loaded_at <= $1 then b.accepted_count end,
        case when b.loaded_at <= $1 then b.quarantined_count end,
        case when b.loaded_at <= $1 then b.duplicate_count end,
        case when b.loaded_at <= $1 then b.superseded_count end,
        case when b.loaded_at <= $1 then b.reason_code end,
        case when b.loaded_at <= $1 then b.reason_text end
    from landing.batch as b
    where b.received_at <= $1
$$;
comment on function landing.batch_known is '某时刻已收到的批次及其当时状态, receipts at a moment, with their state then';

grant select on all tables in schema landing to anze_loader;
grant insert on landing.payload, landing.batch, landing.batch_payload, landing.cursor, landing.lease to anze_loader;
grant update on landing.batch, landing.cursor, landing.lease to anze_loader;
grant delete on landing.cursor to anze_loader;
grant execute on function landing.batch_known to anze_loader;
