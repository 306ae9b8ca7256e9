-- Twins of this database, ours and others'. Grain: one row a database.
select datname
from pg_catalog.pg_database
where starts_with(datname, :prefix)
