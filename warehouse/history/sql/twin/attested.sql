-- Tables whose new rows get an entry in the ledger. Grain: one row a table.
select cast(t.tgrelid as regclass)::text as name  -- noqa: CV11
from pg_catalog.pg_trigger as t
where t.tgname = 'attested'
