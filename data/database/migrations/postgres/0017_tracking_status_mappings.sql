-- What an organisation says a phrase means, before what the built-in tables say. An empty carrier is any.
create table status_mappings (
  tenant_id uuid not null,
  carrier_code text collate "C" not null,
  phrase text collate "C" not null,
  status text collate "C" not null,
  exception_reason text collate "C" not null,
  return_in_process boolean not null,
  changed_at bigint not null,
  primary key (tenant_id, carrier_code, phrase)
);
select litper_protect('status_mappings');

-- Organisations whose past events are read once more, and how far that is.
create table status_rereads (
  tenant_id uuid not null primary key,
  changed_at bigint not null,
  up_to uuid not null,
  due_at bigint not null,
  rounds_left bigint not null
);
create index status_rereads_due on status_rereads (due_at);
select litper_protect('status_rereads');
