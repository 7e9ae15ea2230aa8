select c.carrier, c.entity_id, c.version, c.credentials_sealed, c.address, c.state, c.detail, c.tested_at,
  c.answered_at, c.failures, c.due_at, c.reached, c.changed_at
from carrier_connections c
