insert into import_profiles (tenant_id, id, name, fingerprint, layout_sealed, created_by, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $7)
on conflict (tenant_id, fingerprint) do update set
  name = excluded.name, layout_sealed = excluded.layout_sealed, updated_at = excluded.updated_at
