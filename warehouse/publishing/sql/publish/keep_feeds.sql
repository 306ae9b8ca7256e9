-- grain: one row an expected feed of the publication
-- scope: feeds judged by feeds.sql
-- exclusions: none
-- limits: what completeness was computed from, and how far each interface had been read
insert into mart.publication_feed (publication_id, insurer_id, record_type, is_delivered, is_balanced, cursor_at)
select
    :publication_id as publication_id,
    f.insurer_id,
    f.record_type,
    f.is_delivered,
    f.is_balanced,
    c.value as cursor_at
from expected_feed as f
left join landing.cursor as c on f.insurer_id = c.insurer_id and f.record_type = c.record_type
