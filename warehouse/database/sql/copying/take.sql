-- Takes the copied rows. Grain: one row a row of the table copied.
insert into :slot_table (:slot_names)
select :slot_names from copied;

drop table copied;
