-- When somebody who follows parcels was last asked about a shipment, and answered.
create table shipment_looks (
  tenant_id uuid not null,
  shipment_id uuid not null,
  asked text collate "C" not null,
  looked_at bigint not null,
  primary key (tenant_id, shipment_id)
);
select litper_protect('shipment_looks');
