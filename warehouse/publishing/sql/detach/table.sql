-- Where a detached publication's cells are. Grain: one row, none while they are attached.
select d.table_name
from mart.publication_detached as d
where d.publication_id = :publication_id
