update setup_links
set used_at = $3
where tenant_id = $1 and id = $2 and used_at is null
