-- Where a person logged in: what the browser said it is, and the address.
alter table sessions add column agent_sealed bytea;
alter table sessions add column address_sealed bytea;
