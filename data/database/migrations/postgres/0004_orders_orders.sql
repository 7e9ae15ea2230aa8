create table customers (
  tenant_id uuid not null,
  id uuid not null,
  version bigint not null,
  phone_blind bytea,
  phone_sealed bytea,
  name_sealed bytea,
  email_blind bytea,
  email_sealed bytea,
  orders_count bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, id),
  unique (tenant_id, phone_blind)
);
create index customers_by_email on customers (tenant_id, email_blind) where email_blind is not null;
select litper_protect('customers');

create table orders (
  tenant_id uuid not null,
  id uuid not null,
  version bigint not null,
  source text collate "C" not null,
  external_ref text collate "C" not null,
  number text not null,
  status text collate "C" not null,
  customer_id uuid,
  recipient_name_sealed bytea,
  recipient_phone_sealed bytea,
  address_sealed bytea,
  city_name text not null,
  city_department text,
  city_code text,
  city_ambiguous boolean not null,
  total_minor bigint,
  currency text not null,
  payment_method text not null,
  carrier_code text collate "C",
  tracking_number text collate "C",
  items text not null,
  seller text,
  store text,
  test boolean not null,
  placed_at bigint not null,
  -- Moment of the source's last word: an older one changes nothing.
  source_updated_at bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, id),
  unique (tenant_id, source, external_ref)
);
create index orders_newest on orders (tenant_id, placed_at, id);
create index orders_by_status on orders (tenant_id, status, placed_at, id);
create index orders_by_customer on orders (tenant_id, customer_id) where customer_id is not null;
create index orders_by_tracking_number on orders (tenant_id, tracking_number)
  where tracking_number is not null;
select litper_protect('orders');
