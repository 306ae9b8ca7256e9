-- Whether this transaction may join by loops. Grain: one row. Scope: what is known at a moment comes from functions, of which
--   the planner guesses a thousand rows: a loop over two of them takes hours. Exclusions, limits: none.
select set_config('enable_nestloop', :allowed, true)
