from shipments s
where s.tenant_id = $1 and s.id > $2
order by s.id
limit $3
