create table tenants (
  tenant_id uuid not null primary key,
  slug text collate "C" not null unique,
  name text not null,
  country text not null,
  demo boolean not null,
  created_at bigint not null
);
select litper_protect('tenants');

create table users (
  tenant_id uuid not null,
  id uuid not null,
  -- Log-in finds a person by e-mail before the tenant is known: the index key is the system's.
  email_login_blind bytea not null unique,
  email_sealed bytea not null,
  name_sealed bytea not null,
  role text not null,
  password_hash text not null,
  active boolean not null,
  created_at bigint not null,
  updated_at bigint not null,
  last_login_at bigint,
  primary key (tenant_id, id)
);
select litper_protect('users');

create table sessions (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  token_hash bytea not null unique,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null,
  revoked_at bigint,
  primary key (tenant_id, id)
);
create index sessions_by_user on sessions (tenant_id, user_id, created_at);
select litper_protect('sessions');

create table api_keys (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  prefix text not null,
  key_hash bytea not null unique,
  environment text not null,
  scopes text not null,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint,
  primary key (tenant_id, id)
);
select litper_protect('api_keys');

create table setup_links (
  tenant_id uuid not null,
  id uuid not null,
  token_hash bytea not null unique,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  primary key (tenant_id, id)
);
select litper_protect('setup_links');
