update events set payload = $3 where tenant_id = $1 and position = $2
