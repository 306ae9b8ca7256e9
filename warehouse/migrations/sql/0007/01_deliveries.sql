-- Profiles of deliveries, compared with those before.
select 1;
