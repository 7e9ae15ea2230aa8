insert into privacy_requests (tenant_id, id, source, account, kind, subject_sealed, received_at)
values ($1, $2, $3, $4, $5, $6, $7)
