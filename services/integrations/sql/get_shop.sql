where s.tenant_id = $1 and s.source = $2 and s.domain = $3
