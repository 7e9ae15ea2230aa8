-- reason: until a table that grows by thousands of rows a second is analysed, PostgreSQL takes it for small and reads all of it; for this transaction it follows the indexes.
select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
  set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
  set_config('jit', 'off', true)
