where s.tenant_id = $1
order by s.domain, s.source
limit 200
