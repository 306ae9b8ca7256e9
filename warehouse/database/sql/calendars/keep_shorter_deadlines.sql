-- One shorter deadline. Grain: one row.
insert into reference.shorter_deadline (
    insurer_id, record_type, channel, working_days, valid_from, valid_to, source, known_from
)
values (:insurer_id, :record_type, :channel, :working_days, :valid_from, :valid_to, :source, :moment)
