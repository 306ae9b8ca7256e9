-- The province whose regions the reference tables hold; no row before the first fill.
select region_code
from reference.region
where level = 'province'
