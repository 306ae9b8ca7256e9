-- One part of a delivery. Grain: one batch_payload row; the payload row only when its bytes are new.
with kept as (
    insert into landing.payload (sha256, size_bytes, media_type, landed_at)
    values (:sha256, :size_bytes, :media_type, :landed_at)
    on conflict (sha256) do nothing
)

insert into landing.batch_payload (batch_id, position, sha256, name, version_id)
values (:batch_id, :position, :sha256, :name, :version_id)
