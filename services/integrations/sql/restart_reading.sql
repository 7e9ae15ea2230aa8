update imports
set phase = 'reading', rows_total = null, rows_read = 0, rows_skipped = 0, rows_failed = 0, chunks = 0
where tenant_id = $1 and id = $2 and lease_owner = $3
