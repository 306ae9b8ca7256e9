-- Where the sequences stand. Grain: one row a sequence that was used.
select
    quote_ident(schemaname) || '.' || quote_ident(sequencename) as name,
    last_value as value
from pg_catalog.pg_sequences
where schemaname in ('landing', 'core', 'quarantine', 'quality', 'mart') and last_value is not null
