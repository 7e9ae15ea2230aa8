create table customers (
  tenant_id blob not null,
  id blob not null,
  version integer not null,
  phone_blind blob,
  phone_sealed blob,
  name_sealed blob,
  email_blind blob,
  email_sealed blob,
  orders_count integer not null,
  created_at integer not null,
  updated_at integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, phone_blind)
) strict;
create index customers_by_email on customers (tenant_id, email_blind) where email_blind is not null;

create table orders (
  tenant_id blob not null,
  id blob not null,
  version integer not null,
  source text not null,
  external_ref text not null,
  number text not null,
  status text not null,
  customer_id blob,
  recipient_name_sealed blob,
  recipient_phone_sealed blob,
  address_sealed blob,
  city_name text not null,
  city_department text,
  city_code text,
  city_ambiguous integer not null,
  total_minor integer,
  currency text not null,
  payment_method text not null,
  carrier_code text,
  tracking_number text,
  items text not null,
  seller text,
  store text,
  test integer not null,
  placed_at integer not null,
  -- Moment of the source's last word: an older one changes nothing.
  source_updated_at integer not null,
  created_at integer not null,
  updated_at integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, source, external_ref)
) strict;
create index orders_newest on orders (tenant_id, placed_at, id);
create index orders_by_status on orders (tenant_id, status, placed_at, id);
create index orders_by_customer on orders (tenant_id, customer_id) where customer_id is not null;
create index orders_by_tracking_number on orders (tenant_id, tracking_number)
  where tracking_number is not null;
