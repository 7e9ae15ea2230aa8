-- Shipments of before names had an index: each tenant's are gone over once, in small steps. A tenant without a row has
-- all its names indexed.
create table name_fills (
  tenant_id uuid not null primary key,
  -- The last shipment that was gone over.
  up_to uuid not null
);
select litper_protect('name_fills');

-- The owner of the tables, who runs this, sees no rows.
set local role litper_system;
insert into name_fills (tenant_id, up_to)
select distinct tenant_id, cast('00000000-0000-0000-0000-000000000000' as uuid) from shipments;
set local role litper_owner;
