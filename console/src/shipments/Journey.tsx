import type { ShipmentDetail, ShipmentEvent } from '../api/types';
import { useI18n } from '../i18n/context';
import { JOURNEY, journeyStep } from '../lib/timeline';
import { statusKey, statusLook, type Tone } from '../ui/Chip';

const DOT: Record<Tone, string> = {
  grey: 'bg-grey',
  blue: 'bg-blue',
  green: 'bg-green',
  amber: 'bg-amber',
  orange: 'bg-orange',
  red: 'bg-red',
};

/** How far the parcel came on its five steps, and what holds it there. */
export function Journey({
  shipment,
  events,
}: {
  shipment: ShipmentDetail;
  events: readonly ShipmentEvent[];
}) {
  const { t } = useI18n();
  const at = journeyStep(shipment.status, events);
  const { tone } = statusLook(shipment.status, shipment.status_known);
  const here = t(statusKey(shipment));
  return (
    <ol aria-label={t('journey.label')} className="grid grid-cols-5">
      {JOURNEY.map((status, index) => (
        <li
          key={status}
          aria-current={index === at ? 'step' : undefined}
          className="grid justify-items-center gap-1.5 text-center"
        >
          <span className="relative flex h-4 w-full items-center justify-center" aria-hidden>
            {index > 0 && (
              <span
                className={`absolute right-1/2 h-0.5 w-full ${index <= at ? 'bg-ink-2' : 'bg-line'}`}
              />
            )}
            <span
              className={`relative z-1 rounded-full ${index === at ? `size-4 ring-4 ring-surface ${DOT[tone]}` : `size-2.5 ${index < at ? 'bg-ink-2' : 'bg-line'}`}`}
            />
          </span>
          <span
            className={`text-2xs leading-4 ${index === at ? 'font-semibold text-ink' : 'text-ink-2'}`}
          >
            {index === at ? here : t(`status.${status}`)}
          </span>
        </li>
      ))}
    </ol>
  );
}
