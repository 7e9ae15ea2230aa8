select distinct p.entity_id
from parked_events p
where p.reaction = $1 and p.state = 'waiting'
  and p.entity_id in (select e.entity_id from events e where e.position > $2 and e.position <= $3)
