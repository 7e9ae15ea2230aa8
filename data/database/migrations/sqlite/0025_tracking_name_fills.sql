-- Shipments of before names had an index: each tenant's are gone over once, in small steps. A tenant without a row has
-- all its names indexed.
create table name_fills (
  tenant_id blob not null primary key,
  -- The last shipment that was gone over.
  up_to blob not null
) strict;

insert into name_fills (tenant_id, up_to)
select distinct tenant_id, zeroblob(16) from shipments;
