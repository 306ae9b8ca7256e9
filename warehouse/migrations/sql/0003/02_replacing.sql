-- Deliveries that replace: everything of their feed, or the records whose main event lies in a span of days.
-- Scope: receipts. replaces null: a delivery of changes. awaiting: a person is asked before anything is withdrawn.
alter table landing.batch
    add column replaces text check (replaces in ('all', 'window')),
    add column replaces_from date,
    add column replaces_to date,
    add constraint replaces_span check (
        case when replaces = 'window' then replaces_from <= replaces_to
            else num_nonnulls(replaces_from, replaces_to) = 0 end
    ),
    drop constraint batch_state_check,
    add constraint batch_state_check
    check (state in ('received', 'awaiting', 'loaded', 'partly_loaded', 'rejected', 'duplicate')),
    drop constraint batch_check1,
    add constraint batch_loaded check (state in ('received', 'awaiting', 'duplicate') or loaded_at is not null);
comment on column landing.batch.replaces is '替换方式: all 全量, window 按主要事件日期的区间; 空为增量';
