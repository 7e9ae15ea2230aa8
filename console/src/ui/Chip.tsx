import {
  Ban,
  CircleCheck,
  CircleHelp,
  FilePlus2,
  MapPin,
  Package,
  PackageCheck,
  Store,
  TriangleAlert,
  Truck,
  Undo2,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { RiskLevel, Shipment, ShipmentStatus } from '../api/types';
import { useI18n } from '../i18n/context';
import type { MessageKey } from '../i18n/es';

export type Tone = 'grey' | 'blue' | 'green' | 'amber' | 'orange' | 'red';

const TONES: Record<Tone, string> = {
  grey: 'bg-grey-soft text-grey border-grey-line',
  blue: 'bg-blue-soft text-blue border-blue-line',
  green: 'bg-green-soft text-green border-green-line',
  amber: 'bg-amber-soft text-amber border-amber-line',
  orange: 'bg-orange-soft text-orange border-orange-line',
  red: 'bg-red-soft text-red border-red-line',
};

export function Chip({
  tone = 'grey',
  icon: Icon,
  title,
  children,
}: {
  tone?: Tone;
  icon?: LucideIcon;
  title?: string | undefined;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={`inline-flex h-6 max-w-full items-center gap-1 rounded-sm border px-1.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      {Icon && <Icon size={13} aria-hidden className="shrink-0" />}
      <span className="truncate">{children}</span>
    </span>
  );
}

interface StatusLook {
  tone: Tone;
  icon: LucideIcon;
}

export const STATUS_LOOK: Record<ShipmentStatus, StatusLook> = {
  CREATED: { tone: 'grey', icon: FilePlus2 },
  PROCESSING: { tone: 'grey', icon: Package },
  SHIPPED: { tone: 'blue', icon: PackageCheck },
  IN_TRANSIT: { tone: 'blue', icon: Truck },
  OUT_FOR_DELIVERY: { tone: 'blue', icon: MapPin },
  IN_OFFICE: { tone: 'amber', icon: Store },
  DELIVERED: { tone: 'green', icon: CircleCheck },
  ISSUE: { tone: 'orange', icon: TriangleAlert },
  RETURNED: { tone: 'red', icon: Undo2 },
  CANCELLED: { tone: 'grey', icon: Ban },
};

export function statusLook(status: ShipmentStatus, known: boolean): StatusLook {
  return known ? STATUS_LOOK[status] : { tone: 'grey', icon: CircleHelp };
}

type StatusParts = Pick<Shipment, 'status' | 'status_known' | 'raw_status' | 'return_in_process'>;

/** The state in words; a return says whether it is still on its way. */
export function statusKey({ status, status_known: known, ...rest }: StatusParts): MessageKey {
  if (!known) return 'status.unmapped';
  if (status !== 'RETURNED') return `status.${status}`;
  return rest.return_in_process ? 'status.RETURNED.underWay' : 'status.RETURNED.done';
}

export function StatusChip({ shipment }: { shipment: StatusParts }) {
  const { t } = useI18n();
  const { status, status_known: known, raw_status: raw } = shipment;
  const { tone, icon } = statusLook(status, known);
  return (
    <Chip tone={tone} icon={icon} title={known ? raw : t('status.unmapped.title', { raw })}>
      {t(statusKey(shipment))}
    </Chip>
  );
}

/** Each level has a shape of its own, so that colour is never alone. */
function LevelShape({ level }: { level: RiskLevel }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden className="shrink-0 fill-current">
      {level === 'HIGH' && <path d="M6 .8 11.7 11H.3z" />}
      {level === 'MEDIUM' && <path d="M6 .4 11.6 6 6 11.6.4 6z" />}
      {level === 'LOW' && <circle cx="6" cy="6" r="4.5" />}
    </svg>
  );
}

const LEVEL_COLOUR: Record<RiskLevel, string> = {
  HIGH: 'text-red',
  MEDIUM: 'text-amber',
  LOW: 'text-grey',
};

export function LevelMark({ level }: { level: RiskLevel }) {
  const { t } = useI18n();
  return (
    <span className={`inline-flex items-center gap-1.5 font-semibold ${LEVEL_COLOUR[level]}`}>
      <LevelShape level={level} />
      {t(`level.${level}`)}
    </span>
  );
}

/** The level of a shipment that can still go wrong; closed ones have none. */
export function RiskMark({ risk }: { risk: Pick<Shipment['risk'], 'level' | 'terminal'> }) {
  const { t } = useI18n();
  if (risk.terminal) return <span className="text-ink-2">{t('level.closed')}</span>;
  return <LevelMark level={risk.level} />;
}
