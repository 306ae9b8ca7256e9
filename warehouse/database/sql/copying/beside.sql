-- A table for rows that are about to be copied. Grain: as the table :slot_table, of its columns :slot_names.
create temporary table copied on commit drop as
select :slot_names from :slot_table
with no data;
