-- The present version of a record by its key. Grain: one row, null where there is none for the caller.
select report.version_of(:record_type, :insurer_id, :record_key) as version_id
