select cast(case
  when coalesce((select c.position from event_cursors c where c.reaction = $1), -1)
    < coalesce((select max(e.position) from events e), 0) then 1
  when exists (
    select 1 from parked_events p where p.reaction = $1 and p.state = 'waiting' and p.next_try_at <= $2) then 1
  else 0 end as bigint)
