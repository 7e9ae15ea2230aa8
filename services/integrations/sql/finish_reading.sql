update imports
set phase = 'applying', rows_total = rows_read, warnings = $4, chunk_order = $5, attempts = 0
where tenant_id = $1 and id = $2 and lease_owner = $3
