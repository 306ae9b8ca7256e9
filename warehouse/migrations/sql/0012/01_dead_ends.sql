-- Ways out of dead ends: batches that cannot be judged, and bytes that are judged again.
-- Scope: stuck = a batch that cannot be judged as things are, with the reason; it is tried again at every look, and ends
--   by being judged or by a person who discards it (then rejected, with no rows). again_of = the first batch of the same
--   bytes, whose verdict does not stand or would not be the same today.
-- Exclusions: a batch that a person keeps out after being asked is in landing.decision.
alter table landing.batch
    add column again_of bigint references landing.batch,
    drop constraint batch_state_check,
    add constraint batch_state_check
    check (state in ('received', 'stuck', 'awaiting', 'loaded', 'partly_loaded', 'rejected', 'duplicate')),
    drop constraint batch_loaded,
    add constraint batch_loaded check (state in ('received', 'stuck', 'awaiting', 'duplicate') or loaded_at is not null),
    add constraint stuck_reason check (state <> 'stuck' or num_nulls(reason_code, reason_text) = 0),
    add constraint again_is_judged check (again_of is null or duplicate_of is null);
comment on column landing.batch.again_of is '同样的字节最先到达的批次:其结论不成立,或今天会不同,因此重新判定';

-- Equal bytes may be judged more than once: whether they are is decided under the feed's lock, by landing/insert_batch.
drop index landing.batch_digest;
create index batch_digest on landing.batch (insurer_id, record_type, digest) where state <> 'duplicate';
create index batch_stuck on landing.batch (batch_id) where state = 'stuck';

create table landing.discard (
    batch_id bigint primary key references landing.batch,
    discarded_by text not null check (discarded_by <> ''),
    discarded_at timestamptz not null,
    reason text not null check (reason <> '')
);
comment on table landing.discard is '人工放弃的无法判定的批次:谁、何时、为什么';
call landing.protect_log('discard');
grant select, insert on landing.discard to anze_loader;

-- What cannot be done just now with a batch that has its verdict; it goes when it is over.
create table landing.trouble (
    batch_id bigint primary key references landing.batch,
    since timestamptz not null,
    reason_code text not null,
    reason_text text not null
);
comment on table landing.trouble is '已有结论、需要重放而暂时无法重放的批次,解决后即删除';
grant select, insert, update, delete on landing.trouble to anze_loader;

create or replace function landing.protect_receipt() returns trigger language plpgsql as $$
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
