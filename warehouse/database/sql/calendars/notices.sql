-- Notices of days off, with their days. Grain: one row a notice.
select
    n.year,
    n.revision,
    n.announced,
    n.source,
    n.confidence,
    n.imported_by,
    n.imported_at,
    array(
        select
            jsonb_build_object(
                'holiday', s.holiday, 'kind', s.kind, 'first_day', s.first_day, 'last_day', s.last_day
            )
        from reference.calendar_span as s
        where s.year = n.year and s.revision = n.revision
        order by s.span_no
    ) as spans
from reference.calendar_notice as n
order by n.year, n.revision
