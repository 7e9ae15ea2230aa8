select position, payload
from events
where tenant_id = $1 and entity_id = $1 and kind = 'log.erased' and position is not null
order by position
