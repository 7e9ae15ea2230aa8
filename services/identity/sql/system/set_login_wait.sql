update login_failures
set wait_until = $3
where tenant_id = $1 and subject = $2
