-- Temporary tables of one load; the contract's columns are added to staged.
-- Grain: staged one row a row of the batch, staged_finding one row a finding, staged_column one row a field of the
-- contract, or a source column that is no field.
-- row_no null in staged_finding speaks of the whole batch. Both go with the transaction.
create temporary table staged (
    row_no bigint not null,
    place text,
    insurer_id text not null default :slot_insurer_id,
    record_key text,
    content_hash text not null
) on commit drop;

create temporary table staged_finding (
    finding_no bigint generated always as identity,
    rule_id text not null,
    severity text not null,
    row_no bigint,
    field text,
    value text,
    expected text,
    message text not null,
    parent_record_type text,
    parent_key text
) on commit drop;

create temporary table staged_column (
    field text primary key,
    source_column text not null,
    column_letter text
) on commit drop;
