import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { facetsQuery } from '../api/queries';
import { simulationQuery } from '../api/routes';
import type { AssignmentSimulation, Money } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatDecimal, formatMoney, formatNumber } from '../lib/format';
import { cityKey } from '../lib/routes';
import { placeName } from '../shipments/cells';
import { CityFilter } from '../shipments/filterControls';
import { useCarriers } from '../shipments/useCarriers';
import { Card } from '../ui/page';
import { SelectField } from '../ui/SelectField';
import { ErrorState, SkeletonRows } from '../ui/states';

/** What would have come of shipments, had another carrier taken them. */
export default function Simulator() {
  const { t } = useI18n();
  const { data: facets } = useQuery(facetsQuery);
  const { options } = useCarriers();
  const [to, setTo] = useState('');
  const [from, setFrom] = useState('');
  const [city, setCity] = useState('');
  const cities = facets?.cities ?? [];
  const input = { to_carrier: to, from_carrier: from, city: city && cityKey(cities, city) };
  const query = useQuery({ ...simulationQuery(input), enabled: to !== '' });
  const known = options.filter(([code]) => code !== 'otro');
  return (
    <Card title={t('simulator.title')}>
      <div className="grid gap-4 p-4">
        <p className="max-w-3xl text-sm text-ink-2">{t('simulator.body')}</p>
        <div className="grid max-w-3xl gap-4 md:grid-cols-3">
          <SelectField
            label={t('simulator.to')}
            options={[['', t('simulator.to.choose')], ...known]}
            value={to}
            onChange={({ target }) => setTo(target.value)}
          />
          <SelectField
            label={t('simulator.from')}
            options={[['', t('simulator.from.any')], ...known.filter(([code]) => code !== to)]}
            value={from}
            onChange={({ target }) => setFrom(target.value)}
          />
          <div className="grid content-start gap-1">
            <span aria-hidden className="text-sm font-medium">
              {t('table.city')}
            </span>
            <CityFilter
              label={t('table.city')}
              placeholder={t('simulator.city.any')}
              value={city}
              onValue={setCity}
              suggestions={[...new Set(cities.map(placeName))]}
            />
          </div>
        </div>
        {to !== '' && query.isPending && <SkeletonRows rows={3} />}
        {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {to !== '' && query.data && <Outcome answer={query.data} />}
      </div>
    </Card>
  );
}

function Outcome({ answer }: { answer: AssignmentSimulation }) {
  const { t, locale } = useI18n();
  const { nameOf } = useCarriers();
  const carrier = nameOf(answer.to_carrier);
  const { simulated } = answer;
  const ended = formatNumber(answer.ended, locale);
  return (
    <div className="grid gap-3" role="status">
      {simulated ? (
        <div className="grid gap-3 md:grid-cols-2">
          <Side
            title={t('simulator.was')}
            delivered={t('simulator.delivered', {
              count: formatNumber(answer.delivered, locale),
              ended,
            })}
            left={answer.left}
          />
          <Side
            title={t('simulator.would', { carrier })}
            delivered={t('simulator.delivered', {
              count: formatDecimal(simulated.delivered, locale),
              ended,
            })}
            range={t('simulator.range', {
              low: formatDecimal(simulated.delivered_low, locale),
              high: formatDecimal(simulated.delivered_high, locale),
            })}
            left={simulated.left}
            leftRange={
              simulated.left_low &&
              simulated.left_high &&
              t('simulator.range', {
                low: formatMoney(simulated.left_low, locale),
                high: formatMoney(simulated.left_high, locale),
              })
            }
          />
        </div>
      ) : (
        <p>{t('simulator.nothing', { carrier })}</p>
      )}
      {answer.cannot_tell > 0 && (
        <p className="text-sm text-ink-2">
          {t('simulator.cannot_tell', { count: answer.cannot_tell, carrier })}
        </p>
      )}
    </div>
  );
}

interface SideProps {
  title: string;
  delivered: string;
  range?: string;
  left: Money | null;
  leftRange?: string | null;
}

function Side({ title, delivered, range, left, leftRange }: SideProps) {
  const { t, locale } = useI18n();
  return (
    <section aria-label={title} className="rounded-lg border bg-sunken p-4">
      <h3 className="text-sm text-ink-2">{title}</h3>
      <p className="nums mt-1 text-lg font-semibold">{delivered}</p>
      {range && <p className="nums text-xs text-ink-2">{range}</p>}
      {left ? (
        <>
          <p className="nums mt-3 font-medium" title={t('simulator.left.body')}>
            {t('simulator.left', { amount: formatMoney(left, locale) })}
          </p>
          <p className="nums text-xs text-ink-2">{leftRange ?? t('simulator.left.body')}</p>
        </>
      ) : (
        <p className="mt-3 text-sm text-ink-2">{t('simulator.left.unknown')}</p>
      )}
    </section>
  );
}
