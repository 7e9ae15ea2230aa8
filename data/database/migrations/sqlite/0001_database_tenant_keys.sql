create table tenant_keys (
  tenant_id blob not null primary key,
  master_key text not null,
  wrapped blob not null,
  created_at integer not null
) strict, without rowid;
