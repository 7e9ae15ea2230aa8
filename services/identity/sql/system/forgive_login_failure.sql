update login_failures
set failures = failures - 1, wait_until = 0
where tenant_id = $1 and subject = $2 and failures > 0
