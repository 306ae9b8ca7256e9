-- Give enterprises a random name, once.
-- Grain: one row an enterprise. Scope: those that have none yet; by the loader. Exclusions, limits: none.
insert into reference.enterprise_code (credit_code)
select distinct n.credit_code
from unnest(cast(:credit_codes as text[])) as n (credit_code)
where
    n.credit_code <> ''
    and not exists (
        select from reference.enterprise_code as c
        where c.credit_code = n.credit_code
    )
on conflict do nothing
