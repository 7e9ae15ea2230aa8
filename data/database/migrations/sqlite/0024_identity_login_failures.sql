-- Failed log-ins by account and by address, which are blind indexes of the system's own: neither tells whose it is,
-- and the tenant is not known yet (all zeros).
create table login_failures (
  tenant_id blob not null,
  subject blob not null,
  failures integer not null,
  last_at integer not null,
  wait_until integer not null,
  primary key (tenant_id, subject)
) strict, without rowid;
create index login_failures_old on login_failures (last_at);
