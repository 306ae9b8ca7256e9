-- Whether computing a publication again could give anything else. Grain: one row.
-- Limits: yes only when nothing was loaded or judged again since, and regions and definitions are the same; a provisional
-- one may become complete by a delivery that loads nothing.
select
    not p.is_provisional
    and coalesce(p.last_load_no, 0) = (select coalesce(max(l.load_no), 0) from landing.load as l)
    and not exists (
        select 1 from landing.judging as j
        where j.judged_at > p.known_at
    )
    and p.region_digest = (
        select md5(coalesce(string_agg(cast(r as text), E'\n' order by r.region_code collate "C", r.valid_from), ''))
        from reference.region_resolution as r
    )
    and not exists (
        select 1
        from (
            select
                d.indicator,
                d.definition_version,
                d.digest
            from mart.publication_definition as d
            where d.publication_id = p.publication_id
        ) as used
        full join unnest(
            cast(:indicators as text[]), cast(:definition_versions as integer[]), cast(:digests as text[])
        ) as wanted (indicator, definition_version, digest) using (indicator, definition_version, digest)
        where used.indicator is null or wanted.indicator is null
    ) as is_current
from mart.publication as p
where p.publication_id = :publication_id
