-- The texts of all editions of a kind. Grain: one row a digest.
select
    digest,
    texts
from landing.edition
where kind = :kind
