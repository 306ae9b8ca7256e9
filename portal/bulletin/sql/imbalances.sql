-- Deliveries whose rows or amounts do not add up with what was loaded.
-- Grain: one row an insurer, record type and reason. Scope: one publication.
-- Exclusions: insurers that are not the caller's. Limits: accounts of an area see none, but the feeds' names.
select
    b.insurer_id,
    b.record_type,
    b.kind,
    count(*) as delivery_count,
    coalesce(sum(b.open_row_count), 0) as open_row_count
from report.publication_imbalance as b
where b.publication_id = :publication_id
group by b.insurer_id, b.record_type, b.kind
order by b.insurer_id, b.record_type, b.kind
