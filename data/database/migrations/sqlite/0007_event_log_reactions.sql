-- How far each reaction has read.
create table event_cursors (
  reaction text not null primary key,
  position integer not null,
  moved_at integer not null
) strict, without rowid;

-- Events a reaction failed on, and those of the same entity that wait behind them.
create table parked_events (
  tenant_id blob not null,
  reaction text not null,
  position integer not null,
  entity_id blob not null,
  state text not null,
  attempts integer not null,
  next_try_at integer,
  error text,
  held_at integer not null,
  primary key (tenant_id, reaction, position)
) strict, without rowid;
create index parked_events_due on parked_events (reaction, next_try_at) where state = 'waiting';
create index parked_events_by_entity on parked_events (reaction, entity_id, position) where state = 'waiting';
