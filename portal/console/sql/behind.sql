-- A page of the records behind a cell, or of those that it left out, and how many there are in all.
-- Grain: one row a record and unit, the largest first. Scope: one publication. Exclusions: as report.cell_page.
-- Limits: :row_count rows after the place :after_sort.
select
    c.total_count as total,
    lpad(cast(c.place_no as text), 12, '0') as sort_key,
    concat_ws(':', c.record_type, c.version_id, c.unit, c.business_date) as row_key,
    c.record_type,
    c.version_id,
    c.record_key,
    c.insurer_id,
    i.region_code,
    i.domain_code,
    c.unit,
    c.business_date,
    c.numerator,
    c.denominator,
    c.exclusion,
    c.batch_id,
    c.row_no,
    c.received_at,
    c.channel,
    c.file_names,
    c.file_sha256s
from report.indicator as i
cross join
    lateral report.cell_page(
        i.indicator, i.region_code, i.domain_code, i.insurer_id, i.period_kind, i.publication_id, :row_count,
        :is_left_out, :counted, :reason, coalesce(cast(:after_sort as bigint), 0)
    ) as c
where
    i.publication_id = :publication_id
    and i.indicator = (
        select d.indicator from report.indicator_definition as d
        where d.code = :code
    )
    and i.period_kind = :period_kind
    and i.region_code = :region_code
    and i.domain_code = :domain_code
    and i.insurer_id = :insurer_id
order by c.place_no
