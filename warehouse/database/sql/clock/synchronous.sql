-- For which standbys a commit of this session waits; empty = for none. Grain: one row.
select
    case
        when current_setting('synchronous_commit') in ('off', 'local') then ''
        else current_setting('synchronous_standby_names')
    end as names
