-- Failed log-ins by account and by address, which are blind indexes of the system's own: neither tells whose it is,
-- and the tenant is not known yet (all zeros).
create table login_failures (
  tenant_id uuid not null,
  subject bytea not null,
  failures bigint not null,
  last_at bigint not null,
  wait_until bigint not null,
  primary key (tenant_id, subject)
);
create index login_failures_old on login_failures (last_at);
select litper_protect('login_failures');
