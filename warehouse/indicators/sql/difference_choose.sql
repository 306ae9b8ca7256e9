-- grain: one row a key that moved, with its version in a hybrid state
-- scope: the changes of all causes up to :step; a key without such a change keeps the version known before, if any
-- exclusions: none
-- limits: verdicts judged again are no other version: verdict_moment lets them happen.
--   the last change counts, so that the last state is what is known at the later moment
insert into chosen (record_type, version_id)
select distinct on (c.record_type, c.identity)
    c.record_type,
    c.version_id
from change as c
where c.step <= :step and c.cause is distinct from 'judging'
order by c.record_type asc, c.identity asc, c.recorded_at desc, c.version_id desc
