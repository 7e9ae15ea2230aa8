-- One row a task. A waiting task may be claimed from due_at on; a running one may be taken over from due_at
-- on, so that the same column is its schedule and its lease. The payload holds ids and codes alone.
--
-- Every task leaves three versions of its row behind, so the table is vacuumed early.
create table tasks (
  tenant_id uuid not null,
  id uuid not null,
  kind text collate "C" not null,
  priority bigint not null,
  state text collate "C" not null default 'waiting',
  due_at bigint not null,
  unique_key text collate "C",
  payload text not null,
  trace_id text,
  attempt bigint not null default 0,
  earlier_attempts bigint not null default 0,
  max_attempts bigint not null,
  worker uuid,
  last_error text,
  created_at bigint not null,
  finished_at bigint,
  primary key (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1,
  autovacuum_analyze_scale_factor = 0.05);
-- Claims jump from tenant to tenant in this index and read the first tasks of each.
create index tasks_open on tasks (state, priority, tenant_id, due_at, id)
  where state = 'waiting' or state = 'running';
create unique index tasks_unique on tasks (tenant_id, kind, unique_key)
  where unique_key is not null and (state = 'waiting' or state = 'running');
create index tasks_done_age on tasks (finished_at) where state = 'done';
create index tasks_dead_age on tasks (finished_at) where state = 'dead';
create index tasks_dead on tasks (tenant_id, finished_at, id) where state = 'dead';
select litper_protect('tasks');
