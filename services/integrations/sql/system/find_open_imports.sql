-- A tenant's imports are worked on one after the other, so only its oldest one is offered.
with waiting as (
  select tenant_id, id, phase, created_at, lease_owner, lease_until,
    row_number() over (partition by tenant_id order by created_at, id) as place
  from imports
  where status in ('queued', 'running')
)
select tenant_id, id, phase, lease_until
from waiting
where place = 1 and (lease_until <= $1 or lease_owner = $2)
order by case when lease_owner = $2 then 0 else 1 end, created_at, id
limit 200
