update imports
set chunks = $4, lease_until = $5
where tenant_id = $1 and id = $2 and lease_owner = $3
