-- What figures of now would be computed from: the last load or judging again, and the table of regions. Grain: one row. Scope: the database.
-- Exclusions: none. Limits: none.
select
    greatest(
        (select coalesce(max(l.load_no), 0) from landing.load as l),
        (select coalesce(max(j.judging_no), 0) from landing.judging as j)
    ) as last_load_no,
    (
        select md5(coalesce(string_agg(cast(r as text), E'\n' order by r.region_code collate "C", r.valid_from), ''))
        from reference.region_resolution as r
    ) as region_digest
