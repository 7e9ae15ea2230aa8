where tenant_id = $1 and (paused_at, id) < ($2, $3) and (resumed_at is null or $4 = false)
order by paused_at desc, id desc
limit $5
