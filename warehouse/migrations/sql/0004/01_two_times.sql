-- Two times: any table and indicator as of a day, as known at a moment.
select 1;
