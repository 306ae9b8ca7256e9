-- What is left in a bucket. Grain: one row. Scope, exclusions, limits: none.
update alert.bucket
set
    tokens = :tokens,
    filled_at = greatest(filled_at, :at)
where receiver = :receiver
