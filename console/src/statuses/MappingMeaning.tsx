import type { ExceptionReason, ShipmentStatus, StatusMapping } from '../api/types';
import { useI18n } from '../i18n/context';
import { Chip, STATUS_LOOK, statusKey } from '../ui/Chip';

/** What a phrase is taken for: the status, and why when it is a problem. */
export function MappingMeaning({ mapping }: { mapping: StatusMapping }) {
  const { t } = useI18n();
  const status = mapping.status as ShipmentStatus;
  const reason = mapping.reason as ExceptionReason;
  const { tone, icon } = STATUS_LOOK[status];
  const parts = {
    status,
    status_known: true,
    raw_status: mapping.phrase,
    return_in_process: mapping.return_in_process,
  };
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-2">
      <Chip tone={tone} icon={icon}>
        {t(statusKey(parts))}
      </Chip>
      {reason !== 'NONE' && <span className="text-ink-2">{t(`exception.${reason}`)}</span>}
    </span>
  );
}
