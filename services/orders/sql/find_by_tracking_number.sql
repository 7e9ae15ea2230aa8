from wanted w
join orders o on o.tenant_id = w.tenant_id and o.source = w.source and o.tracking_number = w.external_ref
order by o.id
