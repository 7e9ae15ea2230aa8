from shipments s
where s.tenant_id = $1 and s.recipient_phone_blind = $2
order by s.terminal, s.level_rank, s.risk_rank, s.still_since, s.id
limit $3
