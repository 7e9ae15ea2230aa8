insert into route_history (
  tenant_id, city_key, carrier_code, city_name, delivered, returned, timed, minutes, import_id, told_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (tenant_id, city_key, carrier_code) do update
set city_name = excluded.city_name,
  delivered = excluded.delivered
    + case when route_history.import_id = excluded.import_id then route_history.delivered else 0 end,
  returned = excluded.returned
    + case when route_history.import_id = excluded.import_id then route_history.returned else 0 end,
  timed = excluded.timed
    + case when route_history.import_id = excluded.import_id then route_history.timed else 0 end,
  minutes = excluded.minutes
    + case when route_history.import_id = excluded.import_id then route_history.minutes else 0 end,
  import_id = excluded.import_id,
  told_at = excluded.told_at
where route_history.told_at <= excluded.told_at
