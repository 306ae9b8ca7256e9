-- One span of days of a notice. Grain: one row.
insert into reference.calendar_span (year, revision, span_no, holiday, kind, first_day, last_day)
values (:year, :revision, :span_no, :holiday, :kind, :first_day, :last_day)
