-- A domain is pending until a message proves that its secret is right. Several tenants may have it pending,
-- one may have it active.
create table shop_domains (
  tenant_id uuid not null,
  source text collate "C" not null,
  domain text collate "C" not null,
  status text collate "C" not null,
  secret_sealed bytea not null,
  -- The secret before the last change, still accepted until then.
  previous_secret_sealed bytea,
  previous_until bigint,
  created_at bigint not null,
  activated_at bigint,
  primary key (tenant_id, source, domain)
);
create unique index shop_domains_active on shop_domains (source, domain) where status = 'active';
create index shop_domains_by_domain on shop_domains (source, domain);
select litper_protect('shop_domains');

-- Every message as it was sent. A received one waits until due_at.
create table webhook_inbox (
  tenant_id uuid not null,
  id uuid not null,
  source text collate "C" not null,
  delivery_id text collate "C" not null,
  account text collate "C" not null,
  topic text collate "C" not null,
  event_id text,
  triggered_at bigint,
  received_at bigint not null,
  state text collate "C" not null,
  due_at bigint not null,
  attempts bigint not null,
  error_code text,
  error_detail text,
  processed_at bigint,
  body_sealed bytea not null,
  primary key (tenant_id, id),
  unique (tenant_id, source, delivery_id)
);
create index webhook_inbox_due on webhook_inbox (tenant_id, due_at, id) where state = 'received';
create index webhook_inbox_parked on webhook_inbox (tenant_id, received_at, id) where state = 'parked';
create index webhook_inbox_old on webhook_inbox (processed_at) where state = 'processed';
-- Sealed bytes do not compress: trying costs time.
alter table webhook_inbox alter column body_sealed set storage external;
select litper_protect('webhook_inbox');

-- What people and shops ask about their data, for an administrator to carry out.
create table privacy_requests (
  tenant_id uuid not null,
  id uuid not null,
  source text collate "C" not null,
  account text collate "C" not null,
  kind text collate "C" not null,
  subject_sealed bytea not null,
  received_at bigint not null,
  primary key (tenant_id, id)
);
create index privacy_requests_newest on privacy_requests (tenant_id, received_at, id);
select litper_protect('privacy_requests');
