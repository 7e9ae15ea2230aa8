-- Events lie in the order of their shipment's timeline. They are written with their shipment, in one transaction:
-- a foreign key would only look it up again for every event, in a new database by reading the whole table.
alter table shipment_events drop constraint shipment_events_tenant_id_shipment_id_fkey;
alter table shipment_events drop constraint shipment_events_pkey;
drop index shipment_events_timeline;
alter table shipment_events add primary key (tenant_id, shipment_id, occurred_at, id);
