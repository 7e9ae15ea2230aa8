from shipments s
where s.tenant_id = $1 and s.tracking_number = $2
