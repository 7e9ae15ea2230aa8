select id, source, account, kind, subject_sealed, received_at
from privacy_requests
where tenant_id = $1 and (received_at, id) < ($2, $3)
order by received_at desc, id desc
limit $4
