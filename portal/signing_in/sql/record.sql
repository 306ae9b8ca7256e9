-- Appends to the audit. Grain: one row.
select access.record(
    :login, :kind, :object, cast(:filter as jsonb), cast(:identifiers as jsonb), :row_count, :client, :via
)
