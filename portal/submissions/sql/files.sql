-- Files of a batch, in their order. Grain: one row a file.
select
    f.file_name,
    f.sha256,
    f.size_bytes
from report.batch_file as f
where f.batch_id = :batch_id
order by f.position
