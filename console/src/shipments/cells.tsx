import { MapPinned } from 'lucide-react';
import type { City, Money, RiskReason, Shipment } from '../api/types';
import { useI18n } from '../i18n/context';
import { elapsedSince, formatExact, formatMoney, formatSpan } from '../lib/format';
import { useNow } from '../lib/hooks';
import { sumReasons } from '../lib/risk';

const SHOWN_REASONS = 2;

/** Closed shipments have no score: nothing can go wrong with them any more. */
export function Score({ risk }: { risk: Pick<Shipment['risk'], 'score' | 'terminal'> }) {
  if (risk.terminal) return <span className="text-ink-3">–</span>;
  return <span className="nums font-semibold">{risk.score}</span>;
}

/** How long a shipment has not moved; the exact time on hover. */
export function StillFor({ shipment }: { shipment: Shipment }) {
  const { t, locale } = useI18n();
  const now = useNow();
  const iso = shipment.last_movement_at;
  if (shipment.risk.terminal) return <span className="text-ink-3">–</span>;
  if (!iso) return <span className="text-ink-3">{t('still.unknown')}</span>;
  return (
    <time dateTime={iso} title={formatExact(iso, now, locale)} className="nums">
      {formatSpan(elapsedSince(iso, now))}
    </time>
  );
}

export function CollectAmount({ collect }: { collect: Money | null }) {
  const { locale } = useI18n();
  if (!collect) return <span className="text-ink-3">–</span>;
  return <span className="nums">{formatMoney(collect, locale)}</span>;
}

/** "LA UNION" becomes "La Union"; names the server already cased stay as they are. */
export function cityWords(name: string): string {
  if (name !== name.toUpperCase()) return name;
  return name.toLowerCase().replace(/(^|[\s(-])\p{L}/gu, (start) => start.toUpperCase());
}

/** `La Unión, Nariño`: the form that names one municipality. */
export function placeName(city: City): string {
  return [cityWords(city.name), city.department].filter(Boolean).join(', ');
}

export function CityName({ city }: { city: City }) {
  const { t } = useI18n();
  return (
    <span
      title={city.ambiguous ? t('city.ambiguous') : placeName(city)}
      className="inline-flex max-w-full items-center gap-1"
    >
      <span className="truncate">{cityWords(city.name)}</span>
      {city.ambiguous && (
        <MapPinned size={13} role="img" aria-label={t('city.ambiguous')} className="shrink-0" />
      )}
    </span>
  );
}

export function ReasonChips({
  reasons,
  shown = SHOWN_REASONS,
}: {
  reasons: readonly RiskReason[];
  shown?: number;
}) {
  const { t, lookUp } = useI18n();
  const { reasons: ordered } = sumReasons(reasons, 0);
  const hidden = ordered.length - shown;
  return (
    <ul className="flex min-w-0 items-center gap-1">
      {ordered.slice(0, shown).map(({ code }) => (
        <li
          key={code}
          title={lookUp(`why.${code}`) ?? code}
          className="h-6 min-w-14 truncate rounded-sm border px-1.5 text-xs leading-[22px] text-ink-2"
        >
          {lookUp(`reason.${code}`) ?? code}
        </li>
      ))}
      {hidden > 0 && (
        <li className="nums shrink-0 text-xs text-ink-2">
          <span aria-hidden>+{hidden}</span>
          <span className="sr-only">{t('table.moreReasons', { count: hidden })}</span>
        </li>
      )}
    </ul>
  );
}
