from wanted w
join shipments s on s.tenant_id = w.tenant_id and s.id = w.id
