-- reason: on SQLite the row id is the position, so there is no sequencer there.
select 1 from (select pg_advisory_xact_lock($1)) held
