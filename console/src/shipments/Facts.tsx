import type { ReactNode } from 'react';
import type { ShipmentDetail } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatMoney, formatPhone } from '../lib/format';
import { When } from '../ui/When';
import { placeName } from './cells';

function Value({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const unknown = children === null || children === undefined || children === '';
  return unknown ? <span className="text-ink-3">{t('detail.unknown')}</span> : children;
}

function KeyFact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0 bg-surface px-3 py-2.5">
      <dt className="text-xs text-ink-2">{label}</dt>
      <dd className="break-words">
        <Value>{children}</Value>
      </dd>
    </div>
  );
}

/** What an operator needs before calling: who, where, how much. */
export function KeyFacts({ shipment }: { shipment: ShipmentDetail }) {
  const { t, locale } = useI18n();
  const { recipient, collect, city } = shipment;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line text-sm">
      <KeyFact label={t('detail.collect')}>
        {collect && <span className="nums font-semibold">{formatMoney(collect, locale)}</span>}
      </KeyFact>
      <KeyFact label={t('detail.phone')}>
        {recipient.phone && (
          <span className="nums" title={recipient.masked ? t('detail.phone.masked') : undefined}>
            {formatPhone(recipient.phone)}
          </span>
        )}
      </KeyFact>
      <KeyFact label={t('detail.recipient')}>{recipient.name}</KeyFact>
      <KeyFact label={t('detail.city')}>
        {placeName(city)}
        {city.ambiguous && <span className="block text-xs text-amber">{t('city.ambiguous')}</span>}
      </KeyFact>
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[9rem_minmax(0,1fr)] gap-3 border-b py-2 last:border-b-0">
      <dt className="text-ink-2">{label}</dt>
      <dd className="break-words">
        <Value>{children}</Value>
      </dd>
    </div>
  );
}

export function Facts({ shipment }: { shipment: ShipmentDetail }) {
  const { t, plural } = useI18n();
  const days = shipment.days_in_transit;
  return (
    <section aria-label={t('detail.more')}>
      <h2 className="mb-1 text-sm font-semibold">{t('detail.more')}</h2>
      <dl className="text-sm">
        <Fact label={t('detail.carrier')}>{shipment.carrier.name}</Fact>
        <Fact label={t('detail.raw')}>{shipment.raw_status}</Fact>
        {shipment.novelty && <Fact label={t('detail.novelty')}>{shipment.novelty}</Fact>}
        {shipment.address && <Fact label={t('detail.address')}>{shipment.address}</Fact>}
        <Fact label={t('detail.created')}>
          {shipment.guide_created_at && <When iso={shipment.guide_created_at} />}
        </Fact>
        <Fact label={t('detail.transit')}>
          {days !== null && <span className="nums">{plural('detail.transit', days)}</span>}
        </Fact>
        <Fact label={t('detail.checked')}>
          {shipment.last_checked_at ? (
            <When iso={shipment.last_checked_at} />
          ) : (
            t('detail.checked.never')
          )}
        </Fact>
        <Fact label={t('detail.updated')}>
          <When iso={shipment.updated_at} />
        </Fact>
      </dl>
    </section>
  );
}
