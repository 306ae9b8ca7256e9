-- Who a cookie stands for. Grain: at most one row.
select * from access.session_of(:token_sha256, make_interval(mins => :idle_minutes))
