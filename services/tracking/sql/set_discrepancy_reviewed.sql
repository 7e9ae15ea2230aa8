update shipments
set discrepancy_reviewed = $3
where tenant_id = $1 and id = $2 and discrepancy is not null and discrepancy_reviewed <> $3
