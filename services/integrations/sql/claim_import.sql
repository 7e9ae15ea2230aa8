update imports
set status = 'running', started_at = coalesce(started_at, $4), lease_owner = $3, lease_until = $5,
  attempts = attempts + 1
where tenant_id = $1 and id = $2 and status in ('queued', 'running') and lease_until <= $4
