-- Remembers that an account saw a delivery, or saved its report. Grain: one row a delivery, account and way.
insert into landing.sight (batch_id, insurer_id, role_name, kind, what)
select
    b.batch_id,
    b.insurer_id,
    :role_name,
    :kind,
    :what
from landing.batch as b
where b.batch_id = :batch_id
on conflict (batch_id, role_name, what) do update set last_at = now()
