-- What judging leaves: rows held back, findings, verdicts of the five-working-day rule.
-- Grain: quarantine.row one row a row of a batch that was held, with all its reasons; quality.finding one row a
--   fault at a place; quality.milestone one row a business event of a record.
-- Limits: quarantine.row.raw is the row as it arrived and may hold personal values: no regulator reads it.
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
    check ((resolved_at is null) = (resolved_by_batch_id is null))
);
create index finding_batch on quality.finding (batch_id);
create index finding_orphan on quality.finding (parent_record_type, parent_key, insurer_id)
    where parent_key is not null and resolved_at is null;
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

grant update (resolved_by_batch_id, resolved_at) on quarantine.row to anze_loader;
grant update (resolved_by_batch_id, resolved_at) on quality.finding to anze_loader;
grant update on quality.milestone to anze_loader;
