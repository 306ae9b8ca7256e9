-- Who a token of the API stands for, and its scopes. Grain: at most one row.
select * from access.token_of(:token_sha256)
