insert into route_settings (tenant_id, entity_id, version, policy, changed_at)
values ($1, $2, $3, $4, $5)
on conflict (tenant_id) do update
set version = excluded.version, policy = excluded.policy, changed_at = excluded.changed_at
where route_settings.version = excluded.version - 1
