-- What an organisation says a phrase means, before what the built-in tables say. An empty carrier is any.
create table status_mappings (
  tenant_id blob not null,
  carrier_code text not null,
  phrase text not null,
  status text not null,
  exception_reason text not null,
  return_in_process integer not null,
  changed_at integer not null,
  primary key (tenant_id, carrier_code, phrase)
) strict;

-- Organisations whose past events are read once more, and how far that is.
create table status_rereads (
  tenant_id blob not null primary key,
  changed_at integer not null,
  up_to blob not null,
  due_at integer not null,
  rounds_left integer not null
) strict;
create index status_rereads_due on status_rereads (due_at);
