-- When somebody who follows parcels was last asked about a shipment, and answered.
create table shipment_looks (
  tenant_id blob not null,
  shipment_id blob not null,
  asked text not null,
  looked_at integer not null,
  primary key (tenant_id, shipment_id)
) strict, without rowid;
