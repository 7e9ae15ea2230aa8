import { Ban } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BestCarrier, CarrierOffer } from '../api/types';
import { useI18n } from '../i18n/context';
import type { MessageKey } from '../i18n/es';
import { formatDecimal, formatMoney, formatNumber } from '../lib/format';
import { useCarriers } from '../shipments/useCarriers';
import { Chip } from '../ui/Chip';
import { LightChip } from './LightChip';

interface OfferProps {
  offer: CarrierOffer;
  answer: BestCarrier;
  best: boolean;
}

/** One carrier: what it leaves, how that is reckoned, and what is not known. */
export function Offer({ offer, answer, best }: OfferProps) {
  const { t, locale, lookUp } = useI18n();
  const { nameOf } = useCarriers();
  const { margin } = offer;
  const missing = offer.missing.map((what) => lookUp(`best.missing.${what}`) ?? what);
  return (
    <li className={`rounded-lg border ${best ? 'border-green-line' : ''}`}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
        <h3 className="font-semibold">{nameOf(offer.carrier_code)}</h3>
        <LightChip light={offer.light} />
        {offer.obstacles
          .filter((what) => what !== 'too_few' || offer.light !== 'grey')
          .map((what) => (
            <Chip key={what} tone="red" icon={Ban}>
              {lookUp(`best.obstacle.${what}`) ?? what}
            </Chip>
          ))}
        <p className="nums ml-auto text-right">
          {margin && (
            <>
              <span className="font-semibold" title={t('best.expected')}>
                {formatMoney(margin.expected, locale)}
              </span>
              <span className="block text-xs text-ink-2">
                {t('best.range', {
                  low: formatMoney(margin.low, locale),
                  high: formatMoney(margin.high, locale),
                })}
              </span>
            </>
          )}
        </p>
      </div>
      {margin && <Arithmetic offer={offer} answer={answer} />}
      <Knowledge offer={offer} />
      {missing.length > 0 && (
        <p className="border-t px-4 py-2 text-sm text-ink-2">
          {t('best.missing', { what: missing.join(', ') })}
        </p>
      )}
    </li>
  );
}

/** Every term of the sum, each with where it comes from. */
function Arithmetic({ offer, answer }: { offer: CarrierOffer; answer: BestCarrier }) {
  const { t, locale } = useI18n();
  const { margin, freight, return_cost: back, likely_rate: rate } = offer;
  if (!margin || !freight || !back || rate === null || !answer.order_value) return null;
  const { currency } = answer.order_value;
  const of = (code: string) => t(code === 'route' ? 'best.of.route' : 'best.of.carrier');
  const terms: [string, ReactNode][] = [
    [
      t('best.term.income', {
        rate: formatDecimal(rate, locale),
        value: formatMoney(answer.order_value, locale),
        cost: formatMoney(answer.product_cost ?? { amount: 0, currency }, locale),
      }),
      formatMoney(margin.income, locale),
    ],
    [
      t('best.term.freight', { count: freight.samples, of: of(freight.of) }),
      `− ${formatMoney(margin.freight, locale)}`,
    ],
    [
      t('best.term.returns', {
        rate: formatDecimal(Math.round((100 - rate) * 10) / 10, locale),
        amount: formatMoney(back.mean, locale),
        count: back.samples,
        of: of(back.of),
      }),
      `− ${formatMoney(margin.returns, locale)}`,
    ],
  ];
  return (
    <table className="w-full border-t text-sm">
      <tbody>
        {terms.map(([words, amount]) => (
          <tr key={words}>
            <th className="px-4 py-1 text-left font-normal text-ink-2">{words}</th>
            <td className="nums px-4 py-1 text-right whitespace-nowrap">{amount}</td>
          </tr>
        ))}
        <tr className="border-t font-medium">
          <th className="px-4 py-1.5 text-left font-medium">{t('best.term.total')}</th>
          <td className="nums px-4 py-1.5 text-right whitespace-nowrap">
            {formatMoney(margin.expected, locale)}
          </td>
        </tr>
      </tbody>
    </table>
  );
}

function Knowledge({ offer }: { offer: CarrierOffer }) {
  const { t, plural, locale } = useI18n();
  const ended = offer.delivered + offer.returned;
  const facts: string[] = [];
  const say = (key: MessageKey, params: Record<string, string | number> = {}) =>
    facts.push(t(key, params));
  if (offer.carrier_rate !== null) {
    const rate = formatDecimal(offer.carrier_rate, locale);
    say(offer.past ? 'best.sample.past' : 'best.sample', {
      delivered: formatNumber(offer.delivered, locale),
      ended: formatNumber(ended, locale),
      rate,
    });
  } else {
    say('best.sample.none');
  }
  if (offer.max_collect) say('best.limit', { amount: formatMoney(offer.max_collect, locale) });
  if (offer.offices === 'none') say('best.office.none');
  else if (offer.office_days !== null) facts.push(plural('best.office', offer.office_days));
  if (offer.coverage_points !== null) say('best.coverage', { count: offer.coverage_points });
  return <p className="border-t px-4 py-2 text-xs text-ink-2">{facts.join(' · ')}</p>;
}
