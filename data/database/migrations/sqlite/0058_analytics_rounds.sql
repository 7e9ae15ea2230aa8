-- Rounds of operators, as files tell them. day is as 20260305; kind is parcels or incidents; slot is its number (#1), else
-- the time of its beginning; started and ended are minutes after midnight.
create table rounds (
  tenant_id blob not null,
  person_blind blob not null,
  day integer not null,
  kind text not null,
  slot text not null,
  started integer,
  ended integer,
  minutes integer,
  initial integer not null,
  done integer not null,
  cancelled integer not null,
  scheduled integer not null,
  difficult integer not null,
  pending integer not null,
  reviewed integer not null,
  solved integer not null,
  gone_back integer not null,
  import_id blob not null,
  told_at integer not null,
  primary key (tenant_id, person_blind, day, kind, slot)
) strict;
create index rounds_by_day on rounds (tenant_id, day);

-- Who they are of.
create table round_people (
  tenant_id blob not null,
  person_blind blob not null,
  name_sealed blob not null,
  primary key (tenant_id, person_blind)
) strict;
