-- Cells that the current contributions give and the publication does not have, or the other way round. Grain: one row.
-- Limits: the slot takes cells.sql of the definition; completeness is no matter of contributions.
with given as (
    select
        c.region_code,
        c.domain_code,
        c.insurer_id,
        c.numerator,
        c.denominator
    from (
        :slot_cells
    ) as c
),

published as (
    select
        v.region_code,
        v.domain_code,
        v.insurer_id,
        v.numerator,
        v.denominator
    from mart.indicator_value as v
    where
        v.publication_id = :publication_id
        and v.indicator = :indicator
        and v.period_kind = :period_kind
)

select count(*) as differing
from (
    (
        select * from given
        except
        select * from published
    )
    union all
    (
        select * from published
        except
        select * from given
    )
) as d
