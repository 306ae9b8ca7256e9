-- Natural keys that stand more than once in the batch. Grain: one row a key.
create temporary table repeated on commit drop as
select record_key
from staged
where record_key is not null
group by record_key
having count(*) > 1
