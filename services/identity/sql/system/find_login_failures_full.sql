-- Answers a row when there are more than $3 and the subject has none of its own. Walks the key, and that many at most.
select 1
from login_failures o
where o.tenant_id = $1
  and not exists (select 1 from login_failures own where own.tenant_id = $1 and own.subject = $2)
limit 1 offset $3
