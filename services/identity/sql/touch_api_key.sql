update api_keys
set last_used_at = $3
where tenant_id = $1 and id = $2
