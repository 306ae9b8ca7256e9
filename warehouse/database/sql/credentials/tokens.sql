-- Tokens, the newest first. Grain: one row a token.
select * from report.api_token
order by token_id desc
