-- Publications whose cells may leave. Grain: one row a publication, oldest first.
select
    d.publication_id,
    d.as_of
from mart.detachable(:before) as d
