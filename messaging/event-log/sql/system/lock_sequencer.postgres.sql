-- reason: on SQLite the row id is the position, so there is no sequencer there.
select pg_try_advisory_xact_lock($1)
