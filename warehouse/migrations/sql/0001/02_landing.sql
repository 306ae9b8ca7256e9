-- Landing: what arrived, when, and what became of it.
-- Grain: payload one row a distinct byte string; batch one row a delivery (its receipt); batch_payload one row a
--   part of a delivery; cursor one row a feed; lease one row a feed that was ever loaded.
-- Limits: the bytes themselves are files named by their digest, outside the database.
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
        check (state in ('received', 'loaded', 'partly_loaded', 'rejected', 'duplicate')),
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
    check ((state = 'duplicate') = (duplicate_of is not null)),
    check (state in ('received', 'duplicate') or loaded_at is not null),
    constraint books_balance check (
        received_count is null
        or received_count = accepted_count + quarantined_count + duplicate_count + superseded_count
    ),
    constraint books_kept check (
        state not in ('loaded', 'partly_loaded', 'rejected')
        or num_nulls(received_count, accepted_count, quarantined_count, duplicate_count, superseded_count) = 0
    )
);
-- The same bytes of the same feed are accepted once; every later arrival is a duplicate of that batch.
create unique index batch_digest on landing.batch (insurer_id, record_type, digest) where state <> 'duplicate';
create index batch_pending on landing.batch (batch_id) where state = 'received';
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

-- A receipt is evidence: what arrived and when is never rewritten, and a final state stays.
create function landing.protect_receipt() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' then
        raise exception 'receipts are never deleted' using errcode = '23001';
    end if;
    if (old.insurer_id, old.record_type, old.channel, old.received_at, old.digest, old.definition_digest)
        is distinct from
       (new.insurer_id, new.record_type, new.channel, new.received_at, new.digest, new.definition_digest)
       or old.state = 'duplicate' then
        raise exception 'receipts are never rewritten' using errcode = '23001';
    end if;
    return new;
end
$$;
create trigger protect_receipt before update or delete on landing.batch
    for each row execute function landing.protect_receipt();
create trigger protect_receipt_all before truncate on landing.batch
    for each statement execute function landing.protect_receipt();

grant select on all tables in schema landing to anze_loader;
grant insert on landing.payload, landing.batch, landing.batch_payload, landing.cursor, landing.lease to anze_loader;
grant update on landing.batch, landing.cursor, landing.lease to anze_loader;
grant delete on landing.cursor to anze_loader;
