-- A step that a person takes. Grain: one row. Scope: of an insurer's person the insurer's part. Exclusions, limits: none.
insert into alert.event (alert_no, insurer_id, event, at, person, comment, until_at)
values (:alert_no, :insurer_id, :event, :at, :person, :comment, :until_at)
