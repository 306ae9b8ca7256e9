-- A month is computed anew: what was computed of it before goes. Grain: one row. Exclusions: none.
-- Limits: its figures follow in the same transaction.
with gone as (
    delete from mart.month_figure
    where month = :month
)

insert into mart.month_computed (month, known_at, last_load_no, definitions_digest, region_digest)
values (:month, :known_at, :last_load_no, :definitions_digest, :region_digest)
on conflict (month) do update set
    known_at = excluded.known_at,
    last_load_no = excluded.last_load_no,
    definitions_digest = excluded.definitions_digest,
    region_digest = excluded.region_digest
