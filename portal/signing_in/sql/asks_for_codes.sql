-- Whether any kind of account signs in with a second factor. Grain: one row.
select access.asks_for_codes()
