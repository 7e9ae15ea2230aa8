select reaction, position
from event_cursors
where position > (select coalesce(max(e.position), 0) from events e)
order by reaction
