-- Files of the server's log, the oldest first. Grain: one row a file in JSON.
-- Scope: the server's folder of logs. Exclusions: files in other formats. Limits: sizes grow while it is read.
select
    f.file_name,
    f.byte_count,
    current_database() as database
from access.log_files() as f
