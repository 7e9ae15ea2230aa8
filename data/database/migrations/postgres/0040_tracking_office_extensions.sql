-- More days at an office that a carrier granted. Rows are kept: they are the history.
create table office_extensions (
  tenant_id uuid not null,
  id uuid not null,
  shipment_id uuid not null,
  days bigint not null,
  reason text,
  extended_at bigint not null,
  extended_by_user uuid,
  extended_by_key uuid,
  withdrawn_at bigint,
  withdrawn_by_user uuid,
  withdrawn_by_key uuid,
  primary key (tenant_id, shipment_id, id)
);
select litper_protect('office_extensions');
