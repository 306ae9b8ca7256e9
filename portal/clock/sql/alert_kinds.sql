-- Kinds of alerts. Grain: one row a kind.
select
    k.kind,
    k.title_zh,
    k.title_en
from report.alert_kind as k
order by k.kind
