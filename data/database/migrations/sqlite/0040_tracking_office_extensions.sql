-- More days at an office that a carrier granted. Rows are kept: they are the history.
create table office_extensions (
  tenant_id blob not null,
  id blob not null,
  shipment_id blob not null,
  days integer not null,
  reason text,
  extended_at integer not null,
  extended_by_user blob,
  extended_by_key blob,
  withdrawn_at integer,
  withdrawn_by_user blob,
  withdrawn_by_key blob,
  primary key (tenant_id, shipment_id, id)
) strict;
