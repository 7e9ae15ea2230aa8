where c.tenant_id = $1
order by c.carrier
