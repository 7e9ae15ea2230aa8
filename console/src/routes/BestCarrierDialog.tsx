import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CircleHelp, Trophy } from 'lucide-react';
import { useState } from 'react';
import { bestCarrierQuery } from '../api/routes';
import type { BestCarrier } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatMoney } from '../lib/format';
import { useDebounced } from '../lib/hooks';
import { wholeAmount } from '../lib/routes';
import { useCarriers } from '../shipments/useCarriers';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { ErrorState, Notice, SkeletonRows } from '../ui/states';
import { Offer } from './Offer';

const TYPING_PAUSE_MS = 300;

interface BestCarrierDialogProps {
  city: string;
  cityName: string;
  onClose: () => void;
}

/** The carriers of a city side by side, with every term of what they leave. */
export function BestCarrierDialog({ city, cityName, onClose }: BestCarrierDialogProps) {
  const { t } = useI18n();
  const [value, setValue] = useState('');
  const [cost, setCost] = useState('');
  const amounts = { order_value: wholeAmount(value), product_cost: wholeAmount(cost) };
  const settled = useDebounced(`${value}|${cost}`, TYPING_PAUSE_MS) === `${value}|${cost}`;
  const input = {
    order_value: amounts.order_value ?? undefined,
    product_cost: amounts.product_cost ?? undefined,
  };
  const query = useQuery({
    ...bestCarrierQuery(city, input),
    placeholderData: keepPreviousData,
    enabled: settled && amounts.order_value !== null && amounts.product_cost !== null,
  });
  const wrong = (amount: number | null | undefined) =>
    amount === null ? t('best.amount.wrong') : undefined;
  return (
    <Dialog title={t('routes.best.of', { city: cityName })} wide onClose={onClose}>
      {() => (
        <>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label={t('best.value')}
              hint={<ValueHint answer={query.data} asked={input.order_value !== undefined} />}
              error={wrong(amounts.order_value)}
              inputMode="numeric"
              autoComplete="off"
              value={value}
              onChange={({ target }) => setValue(target.value)}
            />
            <Field
              label={t('best.cost')}
              hint={t('best.cost.hint')}
              error={wrong(amounts.product_cost)}
              inputMode="numeric"
              autoComplete="off"
              value={cost}
              onChange={({ target }) => setCost(target.value)}
            />
          </div>
          {!query.data && query.isPending && <SkeletonRows rows={6} />}
          {!query.data && query.isError && (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          )}
          {query.data && <Answer answer={query.data} />}
        </>
      )}
    </Dialog>
  );
}

function ValueHint({ answer, asked }: { answer: BestCarrier | undefined; asked: boolean }) {
  const { t, locale } = useI18n();
  if (!answer || asked) return null;
  if (!answer.order_value || answer.order_value_samples === null) return t('best.value.hint.none');
  const amount = formatMoney(answer.order_value, locale);
  return t('best.value.hint.mean', { count: answer.order_value_samples, amount });
}

function Answer({ answer }: { answer: BestCarrier }) {
  const { t } = useI18n();
  return (
    <>
      <Verdict answer={answer} />
      {answer.best && answer.missing.includes('product_cost') && (
        <p className="text-sm text-ink-2">{t('best.margin.before')}</p>
      )}
      <ul className="grid gap-3">
        {answer.offers.map((offer) => (
          <Offer
            key={offer.carrier_code}
            offer={offer}
            answer={answer}
            best={offer.carrier_code === answer.best}
          />
        ))}
      </ul>
    </>
  );
}

function Verdict({ answer }: { answer: BestCarrier }) {
  const { t, locale } = useI18n();
  const { nameOf } = useCarriers();
  const best = answer.offers.find((offer) => offer.carrier_code === answer.best);
  if (!best?.margin) {
    return (
      <Notice tone="amber" icon={CircleHelp} role="status">
        {t('best.nobody')}
      </Notice>
    );
  }
  const words = {
    carrier: nameOf(best.carrier_code),
    amount: formatMoney(best.margin.expected, locale),
  };
  return (
    <Notice tone="green" icon={Trophy} role="status">
      <p className="font-medium">{t('best.chosen', words)}</p>
      {answer.decided_by === 'office_days' && <p className="text-sm">{t('best.by.office_days')}</p>}
      {answer.decided_by === 'coverage' && <p className="text-sm">{t('best.by.coverage')}</p>}
    </Notice>
  );
}
