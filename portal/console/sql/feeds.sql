-- How an insurer's kinds of records stand at a publication.
-- Grain: one row a record type that had a deadline this year, had not come, or does not balance.
-- Scope: one publication. Exclusions: feeds of which there is nothing to say. Limits: none.
with told as (
    select
        p.missing_feeds,
        p.imbalanced_feeds
    from report.publication as p
    where p.publication_id = :publication_id
),

feed as (
    select t.record_type
    from report.timeliness as t
    where t.publication_id = :publication_id and t.insurer_id = :insurer_id and t.record_type <> '*'
    union
    select split_part(f.name, '/', 2) as record_type
    from told as d
    cross join lateral unnest(d.missing_feeds || d.imbalanced_feeds) as f (name)
    where split_part(f.name, '/', 1) = :insurer_id
)

select
    f.record_type,
    t.due_count,
    t.on_time_count,
    t.late_count,
    t.shown_pct,
    :insurer_id || '/' || f.record_type = any(d.missing_feeds) as is_missing,
    :insurer_id || '/' || f.record_type = any(d.imbalanced_feeds) as is_imbalanced
from feed as f
cross join told as d
left join report.timeliness as t
    on t.publication_id = :publication_id and t.insurer_id = :insurer_id and f.record_type = t.record_type
order by f.record_type
