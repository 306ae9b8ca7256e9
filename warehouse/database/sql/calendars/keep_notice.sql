-- One notice. Grain: one row.
insert into reference.calendar_notice (year, revision, announced, source, confidence, imported_by, imported_at)
values (:year, :revision, :announced, :source, :confidence, :imported_by, :imported_at)
