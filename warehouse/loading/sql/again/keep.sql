-- One line of the log of judging again. Grain: one row.
insert into landing.judging (judging_no, kind, fact_no, judged_at, judged_by)
values (:judging_no, :kind, :fact_no, :judged_at, :judged_by)
