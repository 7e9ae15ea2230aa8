import { useQuery } from '@tanstack/react-query';
import { CircleAlert, TriangleAlert } from 'lucide-react';
import { shipmentSourcesQuery } from '../api/routes';
import type { ShipmentDetail, ShipmentSources } from '../api/types';
import { useI18n } from '../i18n/context';
import { Chip, StatusChip } from '../ui/Chip';
import { Notice } from '../ui/states';
import { When } from '../ui/When';

type Side = ShipmentSources['sources'][number];

/** What each source says, side by side; and where that cannot be right. */
export function Sources({ shipment }: { shipment: ShipmentDetail }) {
  const { t } = useI18n();
  const { data } = useQuery(shipmentSourcesQuery(shipment.id));
  if (!data || data.sources.length === 0) return null;
  return (
    <section aria-label={t('sources.title')} className="grid gap-2">
      <h2 className="text-sm font-semibold">{t('sources.title')}</h2>
      {data.discrepancies.map((one) => (
        <Differs key={`${one.kind}:${one.other}`} one={one} />
      ))}
      <ul className="grid gap-px overflow-hidden rounded-lg border bg-line text-sm">
        {data.sources.map((side) => (
          <SideRow key={side.source} side={side} believed={side.source === data.about_parcel} />
        ))}
      </ul>
      {data.oddities.map((odd) => (
        <Odd key={`${odd.kind}:${odd.occurred_at}`} odd={odd} />
      ))}
    </section>
  );
}

export function useSourceName() {
  const { lookUp } = useI18n();
  return (source: string) => lookUp(`source.${source}`) ?? source;
}

function SideRow({ side, believed }: { side: Side; believed: boolean }) {
  const { t, plural } = useI18n();
  const nameOf = useSourceName();
  return (
    <li className="grid gap-1 bg-surface px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">{nameOf(side.source)}</span>
        <StatusChip shipment={side} />
        {believed && (
          <Chip tone="blue" title={t('sources.believed.title')}>
            {t('sources.believed')}
          </Chip>
        )}
        <span className="ml-auto text-xs text-ink-2" title={t('sources.confidence.title')}>
          {t('sources.confidence', { percent: side.confidence })}
        </span>
      </div>
      <p className="break-words text-ink-2">
        {side.raw_status || side.text}
        {side.city && ` · ${side.city}`}
      </p>
      <p className="text-xs text-ink-2">
        <When iso={side.occurred_at} /> · {plural('sources.events', side.events)}
      </p>
    </li>
  );
}

function Differs({ one }: { one: ShipmentSources['discrepancies'][number] }) {
  const { lookUp, t } = useI18n();
  const nameOf = useSourceName();
  const words = lookUp(`sources.${one.kind}`) ?? one.kind;
  const names = { believed: nameOf(one.believed), other: nameOf(one.other) };
  const text = words.replace('{believed}', names.believed).replace('{other}', names.other);
  return (
    <Notice tone={one.about_delivery ? 'red' : 'amber'} icon={CircleAlert}>
      <p className="text-sm">
        {text} {one.about_delivery && t('sources.about_delivery')}
      </p>
    </Notice>
  );
}

function Odd({ odd }: { odd: ShipmentSources['oddities'][number] }) {
  const { lookUp } = useI18n();
  const nameOf = useSourceName();
  const statusOf = (status: string | null) =>
    (status && lookUp(`status.${status}`)) ?? status ?? '';
  const words = (lookUp(`sources.${odd.kind}`) ?? odd.kind)
    .replace('{from}', statusOf(odd.from))
    .replace('{to}', statusOf(odd.to));
  return (
    <p className="flex items-start gap-2 text-sm text-ink-2">
      <TriangleAlert size={15} aria-hidden className="mt-0.5 shrink-0 text-amber" />
      <span>
        {words} ({nameOf(odd.source)}, <When iso={odd.occurred_at} />)
      </span>
    </p>
  );
}
