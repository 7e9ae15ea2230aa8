insert into discrepancy_reviews (tenant_id, shipment_id, reviewed_at, reviewed_by_user, reviewed_by_key)
values ($1, $2, $3, $4, $5)
on conflict (tenant_id, shipment_id) do update
set reviewed_at = excluded.reviewed_at, reviewed_by_user = excluded.reviewed_by_user,
  reviewed_by_key = excluded.reviewed_by_key
