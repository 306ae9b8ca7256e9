-- A code list in words.
-- Grain: one row a code. Scope: codes of the past too. Exclusions: none. Limits: of a code in several editions, the newest.
select distinct on (code)
    code,
    name_zh,
    name_en
from report.code
where list_code = :list_code
order by code asc, valid_from desc nulls last, edition desc
