-- Whether a held row is the caller's. Grain: one row a reason. Scope: resolved ones too. Exclusions, limits: none.
select h.reason_no
from report.held_row as h
where h.batch_id = :batch_id and h.row_no = :row_no
order by h.reason_no
