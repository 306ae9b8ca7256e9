-- Temporary tables of one record type at a time.
-- Grain: touched one row a current version and column that holds a number given up; leaving one row a current version
-- whose own number was given up; gives_way one row a version under the new key that it replaces; successor one row a version that is to be
-- written with what changed.
create temporary table touched (
    version_id bigint not null,
    field text not null,
    row_no bigint not null,
    old_no text not null,
    new_no text not null,
    reason_text text,
    step integer not null
) on commit drop;

create temporary table leaving (
    version_id bigint not null,
    row_no bigint not null,
    new_no text not null,
    old_key text not null,
    new_key text not null,
    target_version_id bigint,
    stands boolean not null,
    is_target_younger boolean not null,
    newest_no bigint not null,
    event_on date,
    first_received_at timestamptz not null,
    deadline_on date,
    timeliness text
) on commit drop;

create temporary table gives_way (
    new_key text not null,
    event_on date,
    first_received_at timestamptz not null,
    deadline_on date,
    timeliness text
) on commit drop;

create temporary table successor (
    version_id bigint not null,
    row_no bigint not null,
    new_no text,
    new_key text
) on commit drop;
