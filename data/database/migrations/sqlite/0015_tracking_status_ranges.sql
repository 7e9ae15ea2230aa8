-- Every list is merged from one range for each status, so three indexes serve all filters and their combinations,
-- where the list of all and each filter had one of their own.
create index shipments_by_status
  on shipments (tenant_id, status, terminal, level_rank, risk_rank, still_since, id);
create index shipments_by_carrier
  on shipments (tenant_id, carrier_code, status, terminal, level_rank, risk_rank, still_since, id);
create index shipments_by_city
  on shipments (tenant_id, city_key, status, terminal, level_rank, risk_rank, still_since, id, carrier_code);
drop index shipments_queue;
drop index shipments_queue_by_status;
drop index shipments_queue_by_carrier;
drop index shipments_queue_by_city;
