from shipments s
where s.tenant_id = $1 and s.id = $2
