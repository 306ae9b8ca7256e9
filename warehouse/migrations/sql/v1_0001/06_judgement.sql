-- What judging leaves: rows held back, findings, verdicts of the five-working-day rule, profiles of deliveries.
-- Grain: quarantine.row one row a row of a batch that was held, with all its reasons; quality.finding one row a
--   fault at a place; quality.milestone one row a business event of a record; delivery_profile one row a batch that could be
--   read; column_profile one row a batch and field that is filled in at least one row.
-- Scope: a held row and a finding change once, when a batch resolves them. Profiles are of the batch as it was first read,
--   columns over rows that are no withdrawals (content_count).
-- Exclusions: unreadable batches and duplicates have no profile.
-- Limits: quarantine.row.raw is the row as it arrived and may hold personal values: no regulator reads it. A profile keeps
--   no value of a text. quality.milestone holds the verdicts that stand now; those of every version stand in core.
create table quarantine.row (
    batch_id bigint not null,
    row_no bigint not null,
    place text not null,
    insurer_id text not null,
    record_type text not null,
    record_key text,
    source_updated_at timestamptz,
    raw jsonb not null,
    reasons jsonb not null check (jsonb_array_length(reasons) > 0),
    quarantined_at timestamptz not null,
    resolved_by_batch_id bigint,
    resolved_at timestamptz,
    primary key (batch_id, row_no),
    check ((resolved_at is null) = (resolved_by_batch_id is null))
);

create index row_open on quarantine.row (insurer_id, record_type, record_key) where resolved_at is null;

create table quality.finding (
    finding_id bigint generated always as identity primary key,
    batch_id bigint not null,
    row_no bigint,
    place text,
    insurer_id text not null,
    record_type text not null,
    record_key text,
    rule_id text not null,
    severity text not null check (severity in ('error', 'warning')),
    field text,
    value text,
    expected text,
    message text not null,
    parent_record_type text,
    parent_key text,
    opened_at timestamptz not null,
    resolved_at timestamptz,
    resolved_by_batch_id bigint,
    source_column text,
    column_letter text,
    check ((resolved_at is null) = (resolved_by_batch_id is null))
);
comment on column quality.finding.source_column is '来源列的名称或接口路径, the source column, or its path in an API page';
comment on column quality.finding.column_letter is
'来源列的列号(如 C), the column as a spreadsheet shows it; null for API pages';
create index finding_batch on quality.finding (batch_id);

create index finding_orphan on quality.finding (parent_record_type, parent_key, insurer_id)
where parent_key is not null and resolved_at is null;

-- Findings of children whose parent came, found by their sender: few among all findings, looked for after every load.
create index finding_met on quality.finding (insurer_id, batch_id)
where parent_key is not null and resolved_at is not null;

create index finding_open_record on quality.finding (insurer_id, record_type, record_key) where resolved_at is null;

-- timeliness null: rule R32 was not in force on the event's date.
create table quality.milestone (
    insurer_id text not null,
    record_type text not null,
    record_key text not null,
    milestone text not null,
    event_on date not null,
    deadline_on date,
    first_received_at timestamptz not null,
    timeliness text check (timeliness in ('on_time', 'late', 'undetermined')),
    calendar_version text not null,
    -- the most selective column first: the index is compared with, row by row, by every load
    primary key (record_key, milestone, record_type, insurer_id)
);

create table quality.delivery_profile (
    batch_id bigint primary key,
    insurer_id text not null,
    record_type text not null,
    channel text not null,
    replaces text,
    span_seconds numeric,
    row_count bigint not null,
    content_count bigint not null,
    loaded_count bigint not null,
    held_count bigint not null,
    amount_field text,
    landed_amount numeric,
    loaded_amount numeric,
    profiled_at timestamptz not null,
    check (row_count = loaded_count + held_count)
);
comment on column quality.delivery_profile.span_seconds is 'length of the window asked for, null for files';
comment on column quality.delivery_profile.amount_field is 'the amount that the sender declared a sum of';

create index delivery_profile_feed on quality.delivery_profile (insurer_id, record_type, channel, batch_id);

create table quality.column_profile (
    batch_id bigint not null,
    field text not null,
    filled_count bigint not null check (filled_count > 0),
    is_constant boolean not null,
    same_count bigint not null,
    amount_sum numeric,
    absolute_sum numeric,
    amount_min numeric,
    amount_max numeric,
    primary key (batch_id, field)
);
comment on column quality.column_profile.same_count is 'rows with the value of the first filled row';

create function quality.refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'what judging left is never rewritten' using errcode = '23001';
end
$$;

-- Everything but the resolution stands; the resolution is written once. Declared over columns, so that resolving
-- calls nothing.
create procedure quality.protect_judgement(judged_schema text, judged_table text) language plpgsql as $$
declare
    content text := (
        select string_agg(quote_ident(attname), ', ' order by attnum)
        from pg_catalog.pg_attribute
        where attrelid = format('%I.%I', judged_schema, judged_table)::regclass and attnum > 0 and not attisdropped
            and attname not in ('resolved_at', 'resolved_by_batch_id')
    );
begin
    execute format('create or replace trigger judgement_content before update of %s on %I.%I
        for each row execute function quality.refuse_rewriting()', content, judged_schema, judged_table);
    execute format('create or replace trigger judgement_resolved before update of resolved_at, resolved_by_batch_id
        on %I.%I for each row when (old.resolved_at is not null or new.resolved_at is null)
        execute function quality.refuse_rewriting()', judged_schema, judged_table);
    execute format('create or replace trigger judgement_removed before delete on %I.%I
        for each row execute function quality.refuse_rewriting()', judged_schema, judged_table);
    execute format('create or replace trigger judgement_emptied before truncate on %I.%I
        for each statement execute function quality.refuse_rewriting()', judged_schema, judged_table);
end
$$;

call quality.protect_judgement('quarantine', 'row');
call quality.protect_judgement('quality', 'finding');

create function quarantine.row_open_at(known_at timestamptz) returns setof quarantine."row"  -- noqa: RF06
language sql stable parallel safe as $$
    select q.* from quarantine.row as q
    where q.quarantined_at <= $1 and (q.resolved_at is null or q.resolved_at > $1)
$$;
comment on function quarantine.row_open_at is '某时刻仍被隔离的行, rows held back at a moment';

create function quality.finding_open_at(known_at timestamptz) returns setof quality.finding
language sql stable parallel safe as $$
    select f.* from quality.finding as f
    where f.opened_at <= $1 and (f.resolved_at is null or f.resolved_at > $1)
$$;
comment on function quality.finding_open_at is '某时刻未解决的发现, findings that were open at a moment';

-- Deliveries whose totals did not add up, and still do not, as known at a moment. Grain: one row a batch.
-- kind held: every row was held; declared: its sender declared totals and some of its rows are still held; rejected:
--   nothing of it could be read or was taken, or no row came though some were declared.
-- Healed: all held rows are resolved; or a later delivery that replaces at least as much was loaded; or of a rejected
--   one, a replay read it, or a later delivery with rows was loaded (over an interface: of a window that covers its).
create function quality.imbalance(known_at timestamptz)
returns table (
    batch_id bigint, insurer_id text, record_type text, kind text, declared_row_count bigint, received_count bigint,
    open_row_count bigint, amount_field text, declared_amount numeric, loaded_amount numeric
)
language sql stable parallel safe as $$
select
    b.batch_id,
    b.insurer_id,
    b.record_type,
    case
        when coalesce(b.received_count, 0) = 0 and again.received_count is null then 'rejected'
        when b.state = 'rejected' then 'held'
        else 'declared'
    end as kind,
    b.declared_row_count,
    coalesce(nullif(b.received_count, 0), again.received_count, 0) as received_count,
    held.open_row_count,
    b.declared_amount_field as amount_field,
    b.declared_amount,
    p.loaded_amount
from landing.batch as b
left join quality.delivery_profile as p on b.batch_id = p.batch_id
cross join lateral (
    select count(*) as open_row_count
    from quarantine.row as q
    where q.batch_id = b.batch_id and q.quarantined_at <= $1 and (q.resolved_at is null or q.resolved_at > $1)
) as held
cross join lateral (
    select nullif(max(l.received_count), 0) as received_count
    from landing.load as l
    where l.batch_id = b.batch_id and l.kind = 'replay' and l.recorded_at <= $1
) as again
where
    b.state in ('loaded', 'partly_loaded', 'rejected')
    and b.loaded_at <= $1
    and case
        when coalesce(b.received_count, 0) = 0
            then (b.state = 'rejected' or b.declared_row_count > 0)
                and (again.received_count is null or held.open_row_count > 0)
        else
            b.quarantined_count > 0
            and (b.state = 'rejected' or num_nonnulls(b.declared_row_count, b.declared_amount) > 0)
            and held.open_row_count > 0
    end
    and not exists (
        select 1
        from landing.batch as n
        where
            n.insurer_id = b.insurer_id
            and n.record_type = b.record_type
            and n.batch_id > b.batch_id
            and n.state in ('loaded', 'partly_loaded')
            and n.loaded_at <= $1
            and (
                n.replaces = 'all'
                or (
                    n.replaces = 'window' and b.replaces = 'window'
                    and n.replaces_from <= b.replaces_from and n.replaces_to >= b.replaces_to
                )
                or (
                    coalesce(b.received_count, 0) = 0 and n.received_count > 0
                    and case
                        when b.channel = 'api'
                            then coalesce(n.interval_start, '-infinity') <= coalesce(b.interval_start, '-infinity')
                                and n.interval_end >= b.interval_end
                        else n.channel <> 'api'
                    end
                )
            )
    )
$$;
comment on function quality.imbalance is '申报与入库不平且尚未解决的批次, deliveries that do not add up, as known at a moment';

grant update (resolved_by_batch_id, resolved_at) on quarantine.row to anze_loader;
grant update (resolved_by_batch_id, resolved_at) on quality.finding to anze_loader;
grant update on quality.milestone to anze_loader;
grant execute on function quarantine.row_open_at, quality.finding_open_at, quality.imbalance to anze_loader;
