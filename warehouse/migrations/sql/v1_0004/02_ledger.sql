-- The ledger: what was received and judged, each entry chained to the one before it.
-- Grain: landing.ledger one row an entry, landing.ledger_text the text of each; positions are 1, 2, 3, ... without a gap.
-- Scope: text is position=, kind=, salt= and the fact's body (landing.attested), a line each; text_sha256 its SHA-256, hash
--   the SHA-256 of the previous hash followed by text_sha256, all as 64 hexadecimal digits; before the first stand 64
--   zeros. So the chain is followed without seeing a text, and the salt keeps a text from being guessed by its digest.
--   Entries are appended when the transaction of the fact commits, under a lock that is held while it does.
-- Exclusions: a fact that has its entry gets no other: loads of a twin or a rehearsal never reach this database.
-- Limits: a superuser can rewrite all of it. What shows it are the heads that are kept outside: docs/ledger.md.
create table landing.ledger (
    position bigint primary key check (position > 0),
    previous text not null check (previous ~ '^[0-9a-f]{64}$'),
    text_sha256 text not null check (text_sha256 ~ '^[0-9a-f]{64}$'),
    hash text not null unique check (hash ~ '^[0-9a-f]{64}$')
);

create table landing.ledger_text (
    position bigint primary key references landing.ledger,
    kind text not null check (
        kind in ('receipt', 'refusal', 'verdict', 'decision', 'discard', 'publication', 'freeze')
    ),
    fact_no bigint not null,
    batch_id bigint references landing.batch,
    insurer_id text,
    text text not null,
    unique (kind, fact_no)
);
comment on column landing.ledger_text.fact_no is 'batch_id, load_no of a verdict, publication_id';
create index ledger_text_batch on landing.ledger_text (batch_id);

call landing.protect_log('ledger');
call landing.protect_log('ledger_text');
grant select on landing.ledger, landing.ledger_text to anze_loader;

-- Everybody with a right follows the chain of hashes; texts are seen as the deliveries are that they speak of.
call access.protect_rows('landing.ledger');
alter policy seen on landing.ledger using ((select access.is_entitled()));
call access.protect_rows('landing.ledger_text');

-- Append a fact's entry, if it is one and has none. The lock is the last that a transaction takes (warehouse/database/locks.py);
-- it stops no reader. It is the table's, since advisory locks are closed to the owner as whom this runs.
-- Planned once a session and by the indexes, whatever the tables' statistics say while they are filled.
create function landing.attest(kind text, fact_no bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
    fact record;
    last record;
    words text;
    digest text;
begin
    select a.batch_id, a.insurer_id, a.body into fact
    from landing.attested as a where a.kind = $1 and a.fact_no = $2;
    if not found then
        return;
    end if;
    lock table landing.ledger in share row exclusive mode;
    if exists (select from landing.ledger_text as t where t.kind = $1 and t.fact_no = $2) then
        return;
    end if;
    select
        coalesce(max(l.position), 0) + 1 as position,
        coalesce((array_agg(l.hash))[1], repeat('0', 64)) as previous
    into last
    from (select e.position, e.hash from landing.ledger as e order by e.position desc limit 1) as l;
    words := 'position=' || last.position || chr(10) || 'kind=' || $1 || chr(10)
        || 'salt=' || replace(cast(gen_random_uuid() as text), '-', '') || chr(10) || fact.body;
    digest := landing.sha256_of(words);
    insert into landing.ledger (position, previous, text_sha256, hash)
    values (last.position, last.previous, digest, landing.sha256_of(last.previous || digest));
    insert into landing.ledger_text (position, kind, fact_no, batch_id, insurer_id, text)
    values (last.position, $1, $2, fact.batch_id, fact.insurer_id, words);
end
$$;

create function landing.attest_new() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    kind text;
begin
    foreach kind in array string_to_array(tg_argv[1], ' ') loop
        perform landing.attest(kind, cast(to_jsonb(new) ->> tg_argv[0] as bigint));
    end loop;
    return null;
end
$$;
revoke execute on function landing.attest, landing.attest_new from public;

create constraint trigger attested after insert on landing.batch
deferrable initially deferred for each row execute function landing.attest_new('batch_id', 'receipt refusal');
create constraint trigger attested after insert on landing.load
deferrable initially deferred for each row execute function landing.attest_new('load_no', 'verdict');
create constraint trigger attested after insert on landing.decision
deferrable initially deferred for each row execute function landing.attest_new('batch_id', 'decision');
create constraint trigger attested after insert on landing.discard
deferrable initially deferred for each row execute function landing.attest_new('batch_id', 'discard');
create constraint trigger attested after insert on mart.publication
deferrable initially deferred for each row execute function landing.attest_new('publication_id', 'publication');
create constraint trigger attested after insert on mart.frozen
deferrable initially deferred for each row execute function landing.attest_new('publication_id', 'freeze');

-- What happened before there was a ledger, in the order of its moments.
do $$
declare
    fact record;
begin
    for fact in
        select a.kind, a.fact_no
        from landing.attested as a
        order by
            a.happened_at, array_position(
                array['receipt', 'refusal', 'decision', 'verdict', 'discard', 'publication', 'freeze'], a.kind
            ), a.fact_no
    loop
        perform landing.attest(fact.kind, fact.fact_no);
    end loop;
end
$$;
