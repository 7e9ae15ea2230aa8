insert into round_people (tenant_id, person_blind, name_sealed)
values ($1, $2, $3)
on conflict (tenant_id, person_blind) do update
set name_sealed = excluded.name_sealed
