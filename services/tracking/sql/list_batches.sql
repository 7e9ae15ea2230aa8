where b.tenant_id = $1 and (b.day, b.number) < ($2, $3) and (cast($4 as text) is null or b.status = $4)
order by b.day desc, b.number desc
limit $5
