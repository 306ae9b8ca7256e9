-- Renumbering: a record's old key, its new key.
select 1;
