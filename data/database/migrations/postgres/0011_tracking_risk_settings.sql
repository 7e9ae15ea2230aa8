-- An organisation's own levels of the risk, and the cities and carriers it watches; without a row the built-in
-- ones hold. cities and carriers are JSON lists of names as people wrote them.
create table risk_settings (
  tenant_id uuid not null primary key,
  high_from bigint not null,
  medium_from bigint not null,
  cities text not null,
  carriers text not null,
  changed_at bigint not null,
  -- Shipments up to this id are assessed by these settings; null once all are.
  assessed_up_to uuid,
  -- When to go over all shipments once more.
  assess_again_at bigint
);
create index risk_settings_unfinished on risk_settings (changed_at)
  where assessed_up_to is not null or assess_again_at is not null;
select litper_protect('risk_settings');
