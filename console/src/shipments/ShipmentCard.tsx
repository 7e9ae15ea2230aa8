import type { Shipment } from '../api/types';
import { RiskMark, StatusChip } from '../ui/Chip';
import { CityName, CollectAmount, ReasonChips, Score, StillFor } from './cells';
import type { PlacedProps } from './ShipmentTable';

/** A row of the list on a phone. */
export function ShipmentCard({ shipment, ...placed }: PlacedProps & { shipment: Shipment }) {
  return (
    <div
      role="listitem"
      className="absolute inset-x-0 border-b"
      style={{ height: placed.height, transform: `translateY(${placed.top}px)` }}
    >
      <button
        id={placed.id}
        type="button"
        onClick={placed.onOpen}
        className="grid size-full content-center gap-1.5 px-4 text-left text-sm -outline-offset-2 hover:bg-hover"
      >
        <span className="flex items-center gap-3">
          <RiskMark risk={shipment.risk} />
          <Score risk={shipment.risk} />
          <span className="ml-auto">
            <StatusChip shipment={shipment} />
          </span>
        </span>
        <span className="flex items-baseline justify-between gap-3">
          <span className="truncate font-mono text-base">{shipment.tracking_number}</span>
          <CollectAmount collect={shipment.collect} />
        </span>
        <span className="flex items-center justify-between gap-3 text-ink-2">
          <span className="min-w-0 truncate">
            {shipment.carrier.name} · <CityName city={shipment.city} />
          </span>
          <StillFor shipment={shipment} />
        </span>
        <ReasonChips reasons={shipment.risk.reasons} />
      </button>
    </div>
  );
}
