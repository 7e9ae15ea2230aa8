-- Rounds of operators, as files tell them. day is as 20260305; kind is parcels or incidents; slot is its number (#1), else
-- the time of its beginning; started and ended are minutes after midnight.
create table rounds (
  tenant_id uuid not null,
  person_blind bytea not null,
  day bigint not null,
  kind text collate "C" not null,
  slot text collate "C" not null,
  started bigint,
  ended bigint,
  minutes bigint,
  initial bigint not null,
  done bigint not null,
  cancelled bigint not null,
  scheduled bigint not null,
  difficult bigint not null,
  pending bigint not null,
  reviewed bigint not null,
  solved bigint not null,
  gone_back bigint not null,
  import_id uuid not null,
  told_at bigint not null,
  primary key (tenant_id, person_blind, day, kind, slot)
);
select litper_protect('rounds');
create index rounds_by_day on rounds (tenant_id, day);

-- Who they are of.
create table round_people (
  tenant_id uuid not null,
  person_blind bytea not null,
  name_sealed bytea not null,
  primary key (tenant_id, person_blind)
);
select litper_protect('round_people');
