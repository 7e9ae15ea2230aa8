update imports
set lease_until = 0
where status in ('queued', 'running')
