insert into risk_settings (
  tenant_id, high_from, medium_from, cities, carriers, changed_at, assessed_up_to, assess_again_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (tenant_id) do update
set high_from = excluded.high_from, medium_from = excluded.medium_from, cities = excluded.cities,
  carriers = excluded.carriers, changed_at = excluded.changed_at, assessed_up_to = excluded.assessed_up_to,
  assess_again_at = excluded.assess_again_at
