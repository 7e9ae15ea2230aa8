-- Answers a row when there are more than $3 and the subject has none of its own. Walks that many at most: the limit is
-- inside, so that a subject with a row does not walk them all.
select 1
from (select 1 from login_failures o where o.tenant_id = $1 limit 1 offset $3) as beyond
where not exists (select 1 from login_failures own where own.tenant_id = $1 and own.subject = $2)
