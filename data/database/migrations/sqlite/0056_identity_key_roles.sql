-- What a key is in its organisation; until now all were API clients.
alter table api_keys add column role text not null default 'api_client';
