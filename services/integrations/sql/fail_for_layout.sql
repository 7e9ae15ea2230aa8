update imports
set status = 'failed', phase = 'waiting', finished_at = $7, error_code = $4, error_detail = $5, error_columns = $6,
  lease_owner = null, lease_until = 0, attempts = 0
where tenant_id = $1 and id = $2 and lease_owner = $3
