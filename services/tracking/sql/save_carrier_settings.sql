insert into carrier_settings (tenant_id, carrier_code, entity_id, version, rules, changed_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (tenant_id, carrier_code) do update
set version = excluded.version, rules = excluded.rules, changed_at = excluded.changed_at
where carrier_settings.version = excluded.version - 1
