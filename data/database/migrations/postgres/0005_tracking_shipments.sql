create table shipments (
  tenant_id uuid not null,
  id uuid not null,
  version bigint not null,
  tracking_number text collate "C" not null,
  order_id uuid,
  carrier_code text collate "C" not null,
  carrier_raw text not null,
  status text collate "C" not null,
  status_known boolean not null,
  exception_reason text collate "C" not null,
  return_in_process boolean not null,
  raw_status text not null,
  novelty text,
  last_movement_text text,
  last_movement_at bigint,
  guide_created_at bigint,
  city_name text not null,
  city_department text,
  city_code text,
  city_key text collate "C" not null,
  city_ambiguous boolean not null,
  recipient_name_sealed bytea,
  recipient_phone_sealed bytea,
  recipient_phone_blind bytea,
  address_sealed bytea,
  collect_minor bigint,
  freight_minor bigint,
  return_cost_minor bigint,
  currency text not null,
  terminal boolean not null,
  -- The queue's order, all ascending: 0 high, 1 medium, 2 low; 100 − score; the longest still first.
  level_rank bigint not null,
  risk_rank bigint not null,
  still_since bigint not null,
  risk_score bigint not null,
  risk_level text collate "C" not null,
  risk_reasons text not null,
  next_change_at bigint,
  last_event_at bigint not null,
  event_count bigint not null,
  duplicate_count bigint not null,
  out_of_order_count bigint not null,
  import_id uuid,
  first_seen_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, id),
  unique (tenant_id, tracking_number)
);
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
select litper_protect('shipments');

create table shipment_events (
  tenant_id uuid not null,
  id uuid not null,
  shipment_id uuid not null,
  occurred_at bigint not null,
  received_at bigint not null,
  status text collate "C" not null,
  status_known boolean not null,
  exception_reason text collate "C" not null,
  raw_status text not null,
  movement_text text,
  novelty text,
  city_name text,
  source text collate "C" not null,
  payload_hash bytea not null,
  out_of_order boolean not null,
  import_id uuid,
  primary key (tenant_id, id),
  unique (tenant_id, shipment_id, payload_hash),
  foreign key (tenant_id, shipment_id) references shipments (tenant_id, id)
);
create index shipment_events_timeline on shipment_events (tenant_id, shipment_id, occurred_at, id);
select litper_protect('shipment_events');

create table unmapped_statuses (
  tenant_id uuid not null,
  carrier_code text collate "C" not null,
  phrase text collate "C" not null,
  sample text not null,
  seen_count bigint not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  primary key (tenant_id, carrier_code, phrase)
);
select litper_protect('unmapped_statuses');

-- Counts behind the queue's summary, kept with the rows so that a million shipments cost one look.
create table shipment_counts (
  tenant_id uuid not null,
  risk_level text collate "C" not null,
  terminal boolean not null,
  shipments bigint not null,
  primary key (tenant_id, risk_level, terminal)
);
select litper_protect('shipment_counts');
