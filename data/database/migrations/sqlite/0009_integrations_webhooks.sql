-- A domain is pending until a message proves that its secret is right. Several tenants may have it pending,
-- one may have it active.
create table shop_domains (
  tenant_id blob not null,
  source text not null,
  domain text not null,
  status text not null,
  secret_sealed blob not null,
  -- The secret before the last change, still accepted until then.
  previous_secret_sealed blob,
  previous_until integer,
  created_at integer not null,
  activated_at integer,
  primary key (tenant_id, source, domain)
) strict;
create unique index shop_domains_active on shop_domains (source, domain) where status = 'active';
create index shop_domains_by_domain on shop_domains (source, domain);

-- Every message as it was sent. A received one waits until due_at.
create table webhook_inbox (
  tenant_id blob not null,
  id blob not null,
  source text not null,
  delivery_id text not null,
  account text not null,
  topic text not null,
  event_id text,
  triggered_at integer,
  received_at integer not null,
  state text not null,
  due_at integer not null,
  attempts integer not null,
  error_code text,
  error_detail text,
  processed_at integer,
  body_sealed blob not null,
  primary key (tenant_id, id),
  unique (tenant_id, source, delivery_id)
) strict;
create index webhook_inbox_due on webhook_inbox (tenant_id, due_at, id) where state = 'received';
create index webhook_inbox_parked on webhook_inbox (tenant_id, received_at, id) where state = 'parked';
create index webhook_inbox_old on webhook_inbox (processed_at) where state = 'processed';

-- What people and shops ask about their data, for an administrator to carry out.
create table privacy_requests (
  tenant_id blob not null,
  id blob not null,
  source text not null,
  account text not null,
  kind text not null,
  subject_sealed blob not null,
  received_at integer not null,
  primary key (tenant_id, id)
) strict;
create index privacy_requests_newest on privacy_requests (tenant_id, received_at, id);
