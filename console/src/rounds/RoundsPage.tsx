import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Timer } from 'lucide-react';
import { roundPeopleQuery } from '../api/rounds';
import type { RoundPerson } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatDecimal, formatNumber } from '../lib/format';
import type { RoundSearch } from '../lib/roundSearch';
import { buttonClass } from '../ui/Button';
import { Chip, type Tone } from '../ui/Chip';
import { DataList, type DataColumn } from '../ui/DataList';
import { Field } from '../ui/Field';
import { PageHeader } from '../ui/page';
import { EmptyState, ErrorState, Skeleton } from '../ui/states';

const page = getRouteApi('/app/rondas');

/** What each person got done in some days. By name: nobody is ranked. */
export function RoundsPage() {
  const { t } = useI18n();
  const days = page.useSearch();
  const navigate = page.useNavigate();
  const query = useQuery(roundPeopleQuery(days));
  const set = (change: RoundSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <>
      <PageHeader title={t('rounds.title')} />
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        <p className="max-w-3xl text-ink-2">{t('rounds.body')}</p>
        <DaysFilter from={query.data?.from} to={query.data?.to} days={days} onChange={set} />
        <section aria-label={t('rounds.label')} className="rounded-lg border bg-surface">
          {query.data ? (
            <People items={query.data.items} />
          ) : query.error ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ) : (
            <Skeleton className="m-6 h-24" />
          )}
        </section>
      </div>
    </>
  );
}

interface DaysFilterProps {
  days: RoundSearch;
  from: string | undefined;
  to: string | undefined;
  onChange: (change: RoundSearch) => void;
}

function DaysFilter({ days, from, to, onChange }: DaysFilterProps) {
  const { t } = useI18n();
  return (
    <div className="flex flex-wrap gap-4">
      <Field
        label={t('rounds.from')}
        type="date"
        value={days.from ?? from ?? ''}
        onChange={(event) => onChange({ from: event.target.value || undefined })}
      />
      <Field
        label={t('rounds.to')}
        type="date"
        value={days.to ?? to ?? ''}
        onChange={(event) => onChange({ to: event.target.value || undefined })}
      />
    </div>
  );
}

function People({ items }: { items: readonly RoundPerson[] }) {
  const { t } = useI18n();
  const columns = useColumns();
  if (items.length === 0) {
    return (
      <EmptyState icon={Timer} title={t('rounds.empty')} body={t('rounds.empty.body')}>
        <Link to="/importar" className={buttonClass('primary')}>
          {t('nav.import')}
        </Link>
      </EmptyState>
    );
  }
  return (
    <DataList
      label={t('rounds.label')}
      rows={items}
      rowKey={({ name }) => name}
      columns={columns}
      actionsLabel={t('list.actions')}
    />
  );
}

const TONES: Record<string, Tone> = { green: 'green', amber: 'amber', red: 'red', grey: 'grey' };

function useColumns(): DataColumn<RoundPerson>[] {
  const { t, lookUp, locale } = useI18n();
  const number = (value: number) => formatNumber(value, locale);
  const percent = (value: number | null) =>
    value === null ? <span className="text-ink-3">–</span> : `${formatDecimal(value, locale)} %`;
  return [
    { key: 'name', header: t('rounds.person'), cell: ({ name }) => name },
    {
      key: 'light',
      header: t('rounds.light'),
      cell: ({ light }) => (
        <Chip tone={TONES[light] ?? 'grey'}>{lookUp(`rounds.light.${light}`) ?? light}</Chip>
      ),
    },
    {
      key: 'rounds',
      header: t('rounds.rounds'),
      numeric: true,
      cell: (one) => (
        <>
          {number(one.rounds)}
          <span className="block text-2xs text-ink-2">
            {t('rounds.minutes', { minutes: number(one.minutes) })}
          </span>
        </>
      ),
    },
    {
      key: 'done',
      header: t('rounds.done'),
      numeric: true,
      cell: (one) =>
        t('routes.rate.of', { delivered: number(one.done), ended: number(one.initial) }),
    },
    {
      key: 'success',
      header: t('rounds.success'),
      numeric: true,
      cell: (one) => percent(one.success),
    },
    {
      key: 'efficiency',
      header: t('rounds.efficiency'),
      numeric: true,
      cell: (one) => percent(one.efficiency),
    },
    {
      key: 'left',
      header: t('rounds.left'),
      wide: true,
      cell: (one) =>
        t('rounds.left.of', {
          cancelled: number(one.cancelled),
          scheduled: number(one.scheduled),
          difficult: number(one.difficult),
          pending: number(one.pending),
        }),
    },
    {
      key: 'incidents',
      header: t('rounds.incidents'),
      wide: true,
      cell: (one) =>
        one.incident_rounds === 0 ? (
          <span className="text-ink-3">–</span>
        ) : (
          t('rounds.incidents.of', { solved: number(one.solved), reviewed: number(one.reviewed) })
        ),
    },
  ];
}
