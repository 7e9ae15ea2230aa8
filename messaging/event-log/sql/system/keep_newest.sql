update events
set tenant_id = $2, kind = 'log.erased', entity_id = $2, entity_version = 0, payload_version = 1, payload = '{}',
  trace_id = null
where tenant_id = $1 and position = (select max(e.position) from events e where e.tenant_id = $1)
