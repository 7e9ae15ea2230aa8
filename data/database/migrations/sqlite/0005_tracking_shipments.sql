create table shipments (
  tenant_id blob not null,
  id blob not null,
  version integer not null,
  tracking_number text not null,
  order_id blob,
  carrier_code text not null,
  carrier_raw text not null,
  status text not null,
  status_known integer not null,
  exception_reason text not null,
  return_in_process integer not null,
  raw_status text not null,
  novelty text,
  last_movement_text text,
  last_movement_at integer,
  guide_created_at integer,
  city_name text not null,
  city_department text,
  city_code text,
  city_key text not null,
  city_ambiguous integer not null,
  recipient_name_sealed blob,
  recipient_phone_sealed blob,
  recipient_phone_blind blob,
  address_sealed blob,
  collect_minor integer,
  freight_minor integer,
  return_cost_minor integer,
  currency text not null,
  terminal integer not null,
  -- The queue's order, all ascending: 0 high, 1 medium, 2 low; 100 − score; the longest still first.
  level_rank integer not null,
  risk_rank integer not null,
  still_since integer not null,
  risk_score integer not null,
  risk_level text not null,
  risk_reasons text not null,
  next_change_at integer,
  last_event_at integer not null,
  event_count integer not null,
  duplicate_count integer not null,
  out_of_order_count integer not null,
  import_id blob,
  first_seen_at integer not null,
  updated_at integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, tracking_number)
) strict;
create index shipments_queue on shipments (tenant_id, terminal, level_rank, risk_rank, still_since, id);
create index shipments_queue_by_carrier
  on shipments (tenant_id, carrier_code, terminal, level_rank, risk_rank, still_since, id);
create index shipments_queue_by_city
  on shipments (tenant_id, city_key, terminal, level_rank, risk_rank, still_since, id);
create index shipments_queue_by_status
  on shipments (tenant_id, status, terminal, level_rank, risk_rank, still_since, id);
create index shipments_by_phone on shipments (tenant_id, recipient_phone_blind)
  where recipient_phone_blind is not null;
create index shipments_due on shipments (next_change_at) where next_change_at is not null;

create table shipment_events (
  tenant_id blob not null,
  id blob not null,
  shipment_id blob not null,
  occurred_at integer not null,
  received_at integer not null,
  status text not null,
  status_known integer not null,
  exception_reason text not null,
  raw_status text not null,
  movement_text text,
  novelty text,
  city_name text,
  source text not null,
  payload_hash blob not null,
  out_of_order integer not null,
  import_id blob,
  primary key (tenant_id, id),
  unique (tenant_id, shipment_id, payload_hash),
  foreign key (tenant_id, shipment_id) references shipments (tenant_id, id)
) strict;
create index shipment_events_timeline on shipment_events (tenant_id, shipment_id, occurred_at, id);

create table unmapped_statuses (
  tenant_id blob not null,
  carrier_code text not null,
  phrase text not null,
  sample text not null,
  seen_count integer not null,
  first_seen_at integer not null,
  last_seen_at integer not null,
  primary key (tenant_id, carrier_code, phrase)
) strict;

-- Counts behind the queue's summary, kept with the rows so that a million shipments cost one look.
create table shipment_counts (
  tenant_id blob not null,
  risk_level text not null,
  terminal integer not null,
  shipments integer not null,
  primary key (tenant_id, risk_level, terminal)
) strict;
