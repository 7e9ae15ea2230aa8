insert into route_pauses (
  tenant_id, id, city_key, city_name, carrier_code, reason, paused_at, paused_by_user, paused_by_key
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (tenant_id, city_key, carrier_code) where resumed_at is null do nothing
