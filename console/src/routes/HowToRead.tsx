import { useQuery } from '@tanstack/react-query';
import { routePolicyQuery } from '../api/routes';
import { useI18n } from '../i18n/context';
import { formatDecimal } from '../lib/format';
import { ROUTE_LIGHTS } from '../lib/routes';
import { LightChip } from './LightChip';

/** What the lights and the rates mean, with the numbers that the organisation judges by. */
export function HowToRead() {
  const { t, locale } = useI18n();
  const { data } = useQuery(routePolicyQuery);
  if (!data) return null;
  const { policy } = data;
  const rules = {
    green: formatDecimal(policy.green_from, locale),
    amber: formatDecimal(policy.amber_from, locale),
    below: String(policy.grey_below),
  };
  return (
    <details className="max-w-3xl rounded-lg border bg-surface">
      <summary className="min-h-11 cursor-pointer rounded-lg px-4 py-3 text-sm font-medium md:min-h-9 md:py-2">
        {t('routes.how')}
      </summary>
      <div className="grid gap-3 border-t px-4 py-3 text-sm">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-start gap-x-4 gap-y-2">
          {ROUTE_LIGHTS.map((light) => (
            <div key={light} className="contents">
              <dt>
                <LightChip light={light} />
              </dt>
              <dd className="text-ink-2">{t(`light.${light}.rule`, rules)}</dd>
            </div>
          ))}
        </dl>
        <p className="text-ink-2">{t('routes.how.rate')}</p>
        <p className="text-ink-2">{t('routes.how.likely', { prior: String(policy.prior) })}</p>
        <p className="text-ink-2">{t('routes.past.title')}</p>
        <p className="text-ink-2">{t('routes.bounds.title')}</p>
      </div>
    </details>
  );
}
