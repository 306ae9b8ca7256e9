-- Frozen figures of months. Grain: one row a month and revision, newest revision first.
-- A null month takes all months; a null revision takes all of them.
select
    f.month,
    f.revision_no,
    f.publication_id,
    f.frozen_at,
    f.frozen_by
from mart.frozen as f
where
    coalesce(cast(:month as date), f.month) = f.month
    and coalesce(cast(:revision_no as integer), f.revision_no) = f.revision_no
order by f.month desc, f.revision_no desc
