update imports
set status = $4, phase = 'done', finished_at = $5, error_code = $6, error_detail = $7, error_columns = null,
  lease_owner = null, lease_until = 0
where tenant_id = $1 and id = $2 and lease_owner = $3
