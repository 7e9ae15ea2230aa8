-- The order in which events were appended. A number is taken while the entity's row is locked, so the numbers
-- of one entity are in the order of its commits, whatever the clocks of the writers say.
alter table events add column appended bigint generated always as identity;
-- A dump reads where the numbers stand.
grant select on sequence events_appended_seq to litper_system;
drop index events_unstamped;
create index events_unstamped on events (appended) where position is null;

-- How far each reaction has read. No tenant's row: only the system role sees it.
create table event_cursors (
  reaction text collate "C" not null primary key,
  position bigint not null,
  moved_at bigint not null
);
alter table event_cursors enable row level security;
alter table event_cursors force row level security;
create policy system_rows on event_cursors to litper_system using (true) with check (true);
revoke all on event_cursors from litper_app;

-- Events a reaction failed on, and those of the same entity that wait behind them.
create table parked_events (
  tenant_id uuid not null,
  reaction text collate "C" not null,
  position bigint not null,
  entity_id uuid not null,
  state text collate "C" not null,
  attempts bigint not null,
  next_try_at bigint,
  error text,
  held_at bigint not null,
  primary key (tenant_id, reaction, position)
);
create index parked_events_due on parked_events (reaction, next_try_at) where state = 'waiting';
create index parked_events_by_entity on parked_events (reaction, entity_id, position) where state = 'waiting';
select litper_protect('parked_events');
