-- What a source's own list of codes said an event was; null where it has none.
alter table shipment_events add column stated_status text;
alter table shipment_events add column stated_reason text;
