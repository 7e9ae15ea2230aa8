-- Positions that became empty when a demonstration was removed, before that was noted. Nothing tells them from a loss,
-- so what is missing now is taken for removed; what goes missing later is not. The number is noted where later removals
-- note theirs: in the newest emptied event, which takes a place in the gap if there is none yet.
-- The owner of the tables, who runs this, sees no rows.
set local role litper_system;
with nobody (id) as (select uuid '00000000-0000-0000-0000-000000000000'),
log (missing) as (select coalesce(max(position), 0) - count(position) from events)
insert into events (position, tenant_id, id, kind, entity_id, entity_version, payload_version, payload, occurred_at,
  recorded_at)
select e.position - 1, n.id, n.id, 'log.erased', n.id, 0, 1, '{}', e.occurred_at, e.recorded_at
from events e
cross join nobody n
where e.position > 1 and (select g.missing from log g) > 0
  and not exists (select 1 from events b where b.position = e.position - 1)
  and not exists (
    select 1 from events l
    where l.tenant_id = (select o.id from nobody o) and l.kind = 'log.erased' and l.position is not null)
order by e.position desc
limit 1;
with said (position, events) as (
  select position, case when payload like '{"events":%'
    then cast(substr(payload, 11, length(payload) - 11) as bigint) else 0 end
  from events
  where tenant_id = uuid '00000000-0000-0000-0000-000000000000' and kind = 'log.erased' and position is not null
),
log (missing) as (
  select coalesce(max(position), 0) - count(position) - (select cast(coalesce(sum(s.events), 0) as bigint) from said s)
  from events
)
update events
set payload = '{"events":' || cast(said.events + log.missing as text) || '}'
from said, log
where events.tenant_id = uuid '00000000-0000-0000-0000-000000000000' and events.position = said.position and log.missing > 0
  and said.position = (select max(s.position) from said s);
set local role litper_owner;
