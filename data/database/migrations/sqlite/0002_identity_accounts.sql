create table tenants (
  tenant_id blob not null primary key,
  slug text not null unique,
  name text not null,
  country text not null,
  demo integer not null,
  created_at integer not null
) strict;

create table users (
  tenant_id blob not null,
  id blob not null,
  -- Log-in finds a person by e-mail before the tenant is known: the index key is the system's.
  email_login_blind blob not null unique,
  email_sealed blob not null,
  name_sealed blob not null,
  role text not null,
  password_hash text not null,
  active integer not null,
  created_at integer not null,
  updated_at integer not null,
  last_login_at integer,
  primary key (tenant_id, id)
) strict;

create table sessions (
  tenant_id blob not null,
  id blob not null,
  user_id blob not null,
  token_hash blob not null unique,
  created_at integer not null,
  last_seen_at integer not null,
  expires_at integer not null,
  revoked_at integer,
  primary key (tenant_id, id)
) strict;
create index sessions_by_user on sessions (tenant_id, user_id, created_at);

create table api_keys (
  tenant_id blob not null,
  id blob not null,
  name text not null,
  prefix text not null,
  key_hash blob not null unique,
  environment text not null,
  scopes text not null,
  created_at integer not null,
  expires_at integer,
  last_used_at integer,
  revoked_at integer,
  primary key (tenant_id, id)
) strict;

create table setup_links (
  tenant_id blob not null,
  id blob not null,
  token_hash blob not null unique,
  created_at integer not null,
  expires_at integer not null,
  used_at integer,
  primary key (tenant_id, id)
) strict;
