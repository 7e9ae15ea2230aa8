-- The roles that transactions act as, and the log-in role's way to them: it may become each, and by itself
-- has the rights of none, so that a connection without a scope sees nothing.
do $$
declare
  own constant text[] := array['litper_owner', 'litper_app', 'litper_system'];
  -- From PostgreSQL 16 on each grant says whether its rights are inherited.
  modern constant boolean := cast(current_setting('server_version_num') as integer) >= 160000;
  may_become constant text := case when modern then 'set' else 'member' end;
  superuser constant boolean := (select rolsuper from pg_roles where rolname = current_user);
  name text;
begin
  perform pg_advisory_xact_lock(7305416291);
  foreach name in array own || case when modern then cast(array[] as text[]) else array['litper_login'] end loop
    -- Another database of the cluster may be making it at this moment.
    begin
      if not exists (select from pg_roles where rolname = name) then
        execute format('create role %I nologin noinherit', name);
      end if;
    exception
      when duplicate_object or unique_violation then null;
    end;
  end loop;

  foreach name in array own loop
    if superuser or
      (pg_has_role(current_user, name, may_become) and not pg_has_role(current_user, name, 'usage')) then
      continue;
    end if;
    if modern then
      execute format('grant %I to %I with set true, inherit false', name, current_user);
    else
      -- Before 16 a role inherits all or nothing. One that inherits nothing stands between.
      execute format('grant %I to litper_login', name);
      if pg_has_role(current_user, name, 'usage') then
        execute format('revoke %I from %I', name, current_user);
      end if;
      execute format('grant litper_login to %I', current_user);
    end if;
  end loop;

  if not has_schema_privilege('litper_owner', 'public', 'create') then
    -- The database's owner may grant it, also one that inherits nothing.
    if pg_has_role(current_user, 'pg_database_owner', 'member') then
      set local role pg_database_owner;
    end if;
    grant usage, create on schema public to litper_owner;
    reset role;
  end if;
  foreach name in array own loop
    if not has_schema_privilege(name, 'public', 'usage') then
      execute format('grant usage on schema public to %I', name);
    end if;
  end loop;
end
$$
