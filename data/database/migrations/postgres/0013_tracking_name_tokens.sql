-- The words of recipients' names as blind indexes, eight bytes each: a name is found by its words.
create table recipient_name_tokens (
  tenant_id uuid not null,
  token bigint not null,
  shipment_id uuid not null,
  primary key (tenant_id, token, shipment_id)
);
select litper_protect('recipient_name_tokens');
