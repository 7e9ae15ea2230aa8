import { useQuery } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { carriersQuery } from '../api/carriers';
import type { CarrierWithRules } from '../api/types';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { formatMoney, formatNumber } from '../lib/format';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { DataList, type DataColumn } from '../ui/DataList';
import { ListCard, NothingHere } from '../ui/ListCard';
import { EditCarrier } from './EditCarrier';

/** Currencies of the countries whose carriers are known; others show the bare number. */
const CURRENCIES: Record<string, string> = { CO: 'COP', CL: 'CLP', EC: 'USD', MX: 'MXN' };

/** What holds for each carrier's parcels. */
export function CarrierFacts() {
  const { t } = useI18n();
  const columns = useColumns();
  const mayChange = useMay('system:config');
  const [editing, setEditing] = useState<CarrierWithRules>();
  const edit = (carrier: CarrierWithRules) => (
    <Button
      aria-label={t('carrierRules.edit.of', { carrier: carrier.name })}
      onClick={() => setEditing(carrier)}
    >
      <Pencil size={15} aria-hidden />
      {t('carrierRules.edit')}
    </Button>
  );
  return (
    <>
      <ListCard
        title={t('carriers.facts')}
        body={t('carriers.facts.body')}
        query={useQuery(carriersQuery)}
        empty={<NothingHere>–</NothingHere>}
      >
        {(rows) => (
          <DataList
            label={t('carriers.facts')}
            rows={rows}
            rowKey={({ code }) => code}
            columns={columns}
            actions={mayChange ? edit : undefined}
            actionsLabel={t('list.actions')}
          />
        )}
      </ListCard>
      {editing && <EditCarrier carrier={editing} onClose={() => setEditing(undefined)} />}
    </>
  );
}

function Unknown() {
  return <span className="text-ink-3">–</span>;
}

function useColumns(): DataColumn<CarrierWithRules>[] {
  const { t, locale } = useI18n();
  const number = (value: number | null | undefined) =>
    value === null || value === undefined ? <Unknown /> : formatNumber(value, locale);
  const collect = ({ country, rules }: CarrierWithRules) => {
    const { max_collect: amount } = rules;
    if (amount === null || amount === undefined) return <Unknown />;
    const currency = CURRENCIES[country];
    return currency ? formatMoney({ amount, currency }, locale) : formatNumber(amount, locale);
  };
  return [
    {
      key: 'name',
      header: t('carriers.name'),
      cell: ({ name, version }) => (
        <span className="inline-flex flex-wrap items-center gap-2">
          {name}
          {version > 0 && <Chip tone="blue">{t('carriers.facts.own')}</Chip>}
        </span>
      ),
    },
    { key: 'country', header: t('carriers.facts.country'), cell: ({ country }) => country },
    {
      key: 'office',
      header: t('carriers.facts.office'),
      cell: ({ rules }) => number(rules.office_days),
      numeric: true,
    },
    { key: 'collect', header: t('carriers.facts.collect'), cell: collect, numeric: true },
    {
      key: 'attempts',
      header: t('carriers.facts.attempts'),
      cell: ({ rules }) => number(rules.delivery_attempts),
      numeric: true,
    },
    {
      key: 'days',
      header: t('carriers.facts.days'),
      cell: ({ rules }) => number(rules.usual_days),
      numeric: true,
    },
  ];
}
