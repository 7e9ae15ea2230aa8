select asked, looked_at from shipment_looks where tenant_id = $1 and shipment_id = $2
