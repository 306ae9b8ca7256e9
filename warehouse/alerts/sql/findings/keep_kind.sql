-- What a definition says of its kind, as it is now, with the thresholds that were used. Grain: one row a kind.
-- Scope, exclusions, limits: none.
insert into reference.alert_kind (
    kind, title_zh, title_en, level, level_zh, message_zh, record_zh, remedy_zh, basis, label, owner_kind, link, thresholds
)
values (
    :kind, :title_zh, :title_en, :level, :level_zh, :message_zh, :record_zh, :remedy_zh, :basis, :label, :owner_kind, :link,
    cast(:thresholds as jsonb)
)
on conflict (kind) do update set
    title_zh = excluded.title_zh,
    title_en = excluded.title_en,
    level = excluded.level,
    level_zh = excluded.level_zh,
    message_zh = excluded.message_zh,
    record_zh = excluded.record_zh,
    remedy_zh = excluded.remedy_zh,
    basis = excluded.basis,
    label = excluded.label,
    owner_kind = excluded.owner_kind,
    link = excluded.link,
    thresholds = excluded.thresholds
