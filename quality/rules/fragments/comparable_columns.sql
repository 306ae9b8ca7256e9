-- column_history: what each column was in the comparable deliveries with enough rows, and what it is in this one.
-- earlier_share: the least share of filled rows so far. same_share: the largest share of one value so far.
large as materialized (
    select
        e.batch_id,
        e.content_count
    from earlier as e
    where e.content_count >= (
        select value from bound
        where name = 'column_rows'
    )
),

column_history as materialized (
    select
        c.field,
        cast(min(c.filled_count / cast(large.content_count as numeric)) as numeric) as earlier_share,
        max(c.same_count / cast(c.filled_count as numeric)) as same_share,
        coalesce(max(own.filled_count), 0) as filled_count,
        coalesce(max(own.filled_count), 0) / cast(max(this.content_count) as numeric) as share,
        bool_or(own.is_constant) as is_constant
    from large
    inner join quality.column_profile as c on large.batch_id = c.batch_id
    cross join this
    left join quality.column_profile as own on this.batch_id = own.batch_id and c.field = own.field
    where
        this.content_count >= (
            select value from bound
            where name = 'column_rows'
        )
        and (
            select count(*) from large) >= (
            select value from bound
            where name = 'least_deliveries'
        )
    group by c.field
    having count(*) = (select count(*) from large)
)
