from wanted w
join orders o on o.tenant_id = w.tenant_id and o.id = w.id
