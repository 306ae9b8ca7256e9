-- Deliveries that replace: everything of their feed, or the records whose main event lies in a span of days.
-- Scope: receipts. replaces null: a delivery of changes. awaiting: a person is asked before anything is withdrawn;
-- live_count and missing_count are what is asked about.
alter table landing.batch
    add column replaces text check (replaces in ('all', 'window')),
    add column replaces_from date,
    add column replaces_to date,
    add column follows_batch_id bigint references landing.batch,
    add column live_count bigint,
    add column missing_count bigint,
    add constraint replaces_span check (
        case when replaces = 'window' then replaces_from <= replaces_to
            else num_nonnulls(replaces_from, replaces_to) = 0 end
    ),
    add constraint awaiting_numbers check (state <> 'awaiting' or num_nulls(live_count, missing_count) = 0),
    drop constraint batch_state_check,
    add constraint batch_state_check
    check (state in ('received', 'awaiting', 'loaded', 'partly_loaded', 'rejected', 'duplicate')),
    drop constraint batch_check1,
    add constraint batch_loaded check (state in ('received', 'awaiting', 'duplicate') or loaded_at is not null);
comment on column landing.batch.replaces is '替换方式: all 全量, window 按主要事件日期的区间; 空为增量';
comment on column landing.batch.follows_batch_id is
'同样的字节从哪一批之后重新算作新的报送: 增量为此前最近的替换批次, 替换为此前最近的任何批次';

-- The same bytes of the same feed are accepted once, until something lands that may have undone them: after a
-- replacing delivery changes count anew; a replacing delivery counts anew after anything (snapshots A, B, A).
drop index landing.batch_digest;
create unique index batch_digest on landing.batch (insurer_id, record_type, digest, follows_batch_id)
    nulls not distinct where state <> 'duplicate';
create index batch_awaiting on landing.batch (batch_id) where state = 'awaiting';

create or replace function landing.protect_receipt() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' then
        raise exception 'receipts are never deleted' using errcode = '23001';
    end if;
    if (old.insurer_id, old.record_type, old.channel, old.received_at, old.digest, old.definition_digest,
        old.replaces, old.replaces_from, old.replaces_to, old.follows_batch_id)
        is distinct from
       (new.insurer_id, new.record_type, new.channel, new.received_at, new.digest, new.definition_digest,
        new.replaces, new.replaces_from, new.replaces_to, new.follows_batch_id)
       or old.state = 'duplicate' then
        raise exception 'receipts are never rewritten' using errcode = '23001';
    end if;
    return new;
end
$$;
