-- The words of recipients' names as blind indexes, eight bytes each: a name is found by its words.
create table recipient_name_tokens (
  tenant_id blob not null,
  token integer not null,
  shipment_id blob not null,
  primary key (tenant_id, token, shipment_id)
) strict, without rowid;
