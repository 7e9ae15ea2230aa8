update imports
set format = $4, rows_total = $5, rows_read = $6, rows_skipped = $7, rows_failed = $8, chunks = $9, lease_until = $10
where tenant_id = $1 and id = $2 and lease_owner = $3
