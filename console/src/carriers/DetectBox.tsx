import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { carriersQuery, detectCarrier } from '../api/carriers';
import type { CarrierDetection } from '../api/types';
import { useI18n } from '../i18n/context';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';
import { Card } from '../ui/page';

/** Tries a number: whose it is, or whose it may be. */
export function DetectBox() {
  const { t } = useI18n();
  const [number, setNumber] = useState('');
  const detect = useMutation({ mutationFn: (text: string) => detectCarrier(text) });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (number.trim()) detect.mutate(number.trim());
  };
  return (
    <Card title={t('carriers.detect')}>
      <div className="grid gap-3 p-4">
        <p className="text-sm text-ink-2">{t('carriers.detect.body')}</p>
        <form onSubmit={submit} className="flex max-w-xl flex-wrap items-end gap-2">
          <div className="min-w-0 flex-1">
            <Field
              label={t('carriers.detect.number')}
              autoComplete="off"
              spellCheck={false}
              value={number}
              onChange={({ target }) => setNumber(target.value)}
            />
          </div>
          <Button
            type="submit"
            disabled={!number.trim() || detect.isPending}
            className="mb-1 md:h-11"
          >
            {t('carriers.detect.submit')}
          </Button>
        </form>
        <FailureNotice error={detect.error} />
        <div role="status" className="text-sm empty:hidden">
          {detect.data && <Found detection={detect.data} />}
        </div>
      </div>
    </Card>
  );
}

function Found({ detection }: { detection: CarrierDetection }) {
  const { t } = useI18n();
  const { data } = useQuery(carriersQuery);
  const nameOf = (code: string) => data?.items.find((one) => one.code === code)?.name ?? code;
  if (detection.carrier_code) {
    return t('carriers.detect.number_decides', { name: nameOf(detection.carrier_code) });
  }
  if (detection.candidates.length === 0) return t('carriers.detect.unknown');
  return (
    <>
      {t('carriers.detect.ambiguous')}
      <ul className="mt-1 list-disc pl-5">
        {detection.candidates.map(({ carrier_code: code, confidence }) => (
          <li key={code}>
            {t('carriers.detect.confidence', { name: nameOf(code), percent: confidence })}
          </li>
        ))}
      </ul>
    </>
  );
}
