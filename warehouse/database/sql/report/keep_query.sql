-- The contributions of a definition as one select. Grain: one row a digest. Scope: shipped definitions.
-- Exclusions: none. Limits: the text may change with a release while the definition stays.
insert into mart.contribution_query (digest, indicator, is_distinct, query)
values (:digest, :indicator, :is_distinct, :query)
on conflict (
    digest) do update set query = excluded.query, is_distinct = excluded.is_distinct
where (mart.contribution_query.query, mart.contribution_query.is_distinct) is distinct from (excluded.query, excluded.is_distinct)
