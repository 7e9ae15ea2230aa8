update imports
set titles_sealed = $4
where tenant_id = $1 and id = $2 and lease_owner = $3
