-- this: the delivery. earlier: the last comparable deliveries with rows, newest first, and how many rows the delivery
-- would have if it were like them. bound: one value a name for this sender, record type and day of receipt.
bound as (
    select distinct on (b.name)
        b.name,
        b.value
    from {bounds} as b (name, value, insurer_id, record_type, valid_from, valid_to)
    where
        b.insurer_id in ('*', :insurer_id)
        and b.record_type in ('*', '{record_type}')
        and cast(:received_at at time zone 'Asia/Shanghai' as date)
        between b.valid_from and coalesce(b.valid_to, 'infinity')
    order by b.name, b.insurer_id = '*', b.record_type = '*', b.valid_from desc
),

this as materialized (
    select p.*
    from quality.delivery_profile as p
    where p.batch_id = :batch_id
),

earlier as materialized (
    select
        e.batch_id,
        e.row_count,
        e.content_count,
        e.row_count * coalesce(this.span_seconds / nullif(e.span_seconds, 0), 1) as like_rows
    from this
    inner join quality.delivery_profile as e
        on
            this.insurer_id = e.insurer_id
            and this.record_type = e.record_type
            and this.channel = e.channel
            and this.replaces is not distinct from e.replaces
            and this.batch_id > e.batch_id
            and (this.span_seconds is null) = (e.span_seconds is null)
    where e.row_count > 0
    order by e.batch_id desc
    limit (
        select value from bound
        where name = 'earlier_deliveries'
    )
),

history as materialized (
    select
        count(*) as deliveries,
        min(batch_id) as first_batch_id,
        percentile_cont(0.5) within group (order by like_rows) as usual_rows,
        percentile_cont(0.5) within group (order by ln(like_rows)) as log_rows
    from earlier
    where like_rows > 0
    having count(
        *) >= (
        select value from bound
        where name = 'least_deliveries'
    )
)
