-- A release comes into force. Grain: one row.
insert into migration.release (release) values (:release)
