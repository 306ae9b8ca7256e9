-- grain: one row a contribution that goes
-- scope: the current contributions, of a definition whose periods are nested, that lie before a shorter period
-- exclusions: none
-- limits: leaves what contribute would compute of the shorter period
delete from contribution
where business_date < :period_start
