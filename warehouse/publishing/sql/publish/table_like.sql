-- A table for figures that are computed beside a publication. Grain: as the table :slot_table of mart.
create temporary table :slot_table on commit drop as
select * from mart.:slot_table
with no data
