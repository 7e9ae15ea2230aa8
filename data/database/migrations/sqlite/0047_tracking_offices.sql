-- A list of one city's parcels at offices needs no look at their rows either.
drop index shipments_at_offices;
create index shipments_at_offices on shipments (tenant_id, status, office_since, id, carrier_code, city_key)
  where status = 'IN_OFFICE';
