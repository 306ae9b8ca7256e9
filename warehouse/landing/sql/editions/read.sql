-- The texts of one edition. Grain: one row.
select texts
from landing.edition
where digest = :digest and kind = :kind
