-- Row-level security in one place: a tenant sees its own rows, the system role sees all, and without a
-- tenant nothing is visible. Forced, so that the owner is held to it as well.
create function litper_protect(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant_rows on %s to litper_app'
    ' using (tenant_id = nullif(current_setting(''litper.tenant'', true), '''')::uuid)'
    ' with check (tenant_id = nullif(current_setting(''litper.tenant'', true), '''')::uuid)', target);
  execute format('create policy system_rows on %s to litper_system using (true) with check (true)', target);
end
$$;

create table tenant_keys (
  tenant_id uuid not null primary key,
  master_key text not null,
  wrapped bytea not null,
  created_at bigint not null
);
select litper_protect('tenant_keys');
-- Wrapped keys are read by the system role alone.
revoke all on tenant_keys from litper_app;
