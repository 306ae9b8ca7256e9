-- Figures from an export's contributions, in SQL that DuckDB and Spark both run: every cell of every indicator and period.
-- It reads `contributions`, the Parquet files of one export; indicator and period_kind are in their folders' names.
with counted as (
    select * from contributions where exclusion is null
),

-- a record counts for its county, city and province
placed as (
    select *, province_code as region_code from counted
    union all
    select *, city_code as region_code from counted where city_code is not null
    union all
    select *, county_code as region_code from counted where county_code is not null
),

-- for its sector, for the sector above it, and for all
sectored as (
    select *, '*' as sector_code from placed
    union all
    select *, domain_code as sector_code from placed where domain_code is not null
    union all
    select *, '10' as sector_code from placed where domain_code in ('11', '12')
),

-- and for its insurer, and for all
told as (
    select *, '*' as teller_id from sectored
    union all
    select *, insurer_id as teller_id from sectored where insurer_id is not null
),

-- what has a unit_no counts once a cell, however many records it has
once as (
    select
        indicator,
        period_kind,
        region_code,
        sector_code,
        teller_id,
        case when unit_no is null then sum(numerator) else max(numerator) end as numerator,
        case when unit_no is null then sum(denominator) else max(denominator) end as denominator
    from told
    group by indicator, period_kind, region_code, sector_code, teller_id, unit_no
)

select
    indicator,
    period_kind,
    region_code,
    sector_code as domain_code,
    teller_id as insurer_id,
    round(sum(numerator), 12) as numerator,
    round(sum(denominator), 12) as denominator
from once
group by indicator, period_kind, region_code, sector_code, teller_id
