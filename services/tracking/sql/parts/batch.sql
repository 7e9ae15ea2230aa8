select b.id, b.version, b.day, b.number, b.label, b.status, b.filling, b.import_id, b.created_by_user,
  b.created_by_key, b.created_at, b.shipments, b.reviewed, b.closed_at
from batches b
