update shop_domains
set status = 'active', activated_at = $4
where tenant_id = $1 and source = $2 and domain = $3 and status = 'pending'
