-- Appended without a position and stamped in commit order afterwards, so that a reader who follows the
-- positions skips nothing although transactions commit out of order.
create table events (
  position bigint unique,
  tenant_id uuid not null,
  id uuid not null,
  kind text collate "C" not null,
  entity_id uuid not null,
  entity_version bigint not null,
  payload_version bigint not null,
  payload text not null,
  trace_id text,
  occurred_at bigint not null,
  recorded_at bigint not null,
  primary key (tenant_id, id)
);
create index events_unstamped on events (recorded_at, id) where position is null;
create index events_by_entity on events (tenant_id, entity_id, entity_version);
select litper_protect('events');
