-- Plans of backfills and replays, and how far they got.
select 1;
