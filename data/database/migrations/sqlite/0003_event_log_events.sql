-- One writer: the row id is the position, gapless and in commit order.
create table events (
  position integer primary key,
  tenant_id blob not null,
  id blob not null,
  kind text not null,
  entity_id blob not null,
  entity_version integer not null,
  payload_version integer not null,
  payload text not null,
  trace_id text,
  occurred_at integer not null,
  recorded_at integer not null,
  unique (tenant_id, id)
) strict;
create index events_by_entity on events (tenant_id, entity_id, entity_version);
