insert into batches (
  tenant_id, id, version, day, number, label, status, filling, import_id, created_by_user, created_by_key, created_at,
  shipments, reviewed, closed_at
)
values ($1, $2, 1, $3, $4, $5, 'open', $6, $7, $8, $9, $10, 0, 0, null)
