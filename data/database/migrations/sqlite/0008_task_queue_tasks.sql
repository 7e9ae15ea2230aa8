-- One row a task. A waiting task may be claimed from due_at on; a running one may be taken over from due_at
-- on, so that the same column is its schedule and its lease. The payload holds ids and codes alone.
create table tasks (
  tenant_id blob not null,
  id blob not null,
  kind text not null,
  priority integer not null,
  state text not null default 'waiting',
  due_at integer not null,
  unique_key text,
  payload text not null,
  trace_id text,
  attempt integer not null default 0,
  earlier_attempts integer not null default 0,
  max_attempts integer not null,
  worker blob,
  last_error text,
  created_at integer not null,
  finished_at integer,
  primary key (tenant_id, id)
) strict, without rowid;
-- Claims jump from tenant to tenant in this index and read the first tasks of each.
create index tasks_open on tasks (state, priority, tenant_id, due_at, id)
  where state = 'waiting' or state = 'running';
create unique index tasks_unique on tasks (tenant_id, kind, unique_key)
  where unique_key is not null and (state = 'waiting' or state = 'running');
create index tasks_done_age on tasks (finished_at) where state = 'done';
create index tasks_dead_age on tasks (finished_at) where state = 'dead';
create index tasks_dead on tasks (tenant_id, finished_at, id) where state = 'dead';
