import { createColumnHelper, type RowData } from '@tanstack/react-table';
import type { Shipment } from '../api/types';
import type { MessageKey } from '../i18n/es';
import { RiskMark, StatusChip } from '../ui/Chip';
import { CityName, CollectAmount, ReasonChips, Score, StillFor } from './cells';

declare module '@tanstack/react-table' {
  // The parameters must repeat those of the library's own declaration.
  interface ColumnMeta<TData extends RowData, TValue> {
    label: MessageKey;
    /** Track of the CSS grid. */
    track: string;
    /** Width of the list in px from which the column is shown. */
    from: number;
    end?: boolean;
    row?: TData;
    value?: TValue;
  }
}

const column = createColumnHelper<Shipment>();

export const COLUMNS = [
  column.display({
    id: 'level',
    meta: { label: 'table.level', track: '88px', from: 0 },
    cell: ({ row }) => <RiskMark risk={row.original.risk} />,
  }),
  column.display({
    id: 'score',
    meta: { label: 'table.score', track: '64px', from: 0, end: true },
    cell: ({ row }) => <Score risk={row.original.risk} />,
  }),
  column.accessor('tracking_number', {
    meta: { label: 'table.tracking', track: '136px', from: 0 },
    cell: ({ getValue }) => <span className="font-mono">{getValue()}</span>,
  }),
  column.display({
    id: 'status',
    meta: { label: 'table.status', track: '136px', from: 0 },
    cell: ({ row: { original } }) => <StatusChip shipment={original} />,
  }),
  column.display({
    id: 'carrier',
    meta: { label: 'table.carrier', track: 'minmax(116px,0.8fr)', from: 980 },
    cell: ({ row }) => row.original.carrier.name,
  }),
  column.display({
    id: 'city',
    meta: { label: 'table.city', track: 'minmax(120px,1fr)', from: 600 },
    cell: ({ row }) => <CityName city={row.original.city} />,
  }),
  column.display({
    id: 'still',
    meta: { label: 'table.still', track: '80px', from: 0, end: true },
    cell: ({ row }) => <StillFor shipment={row.original} />,
  }),
  column.display({
    id: 'reasons',
    meta: { label: 'table.reasons', track: 'minmax(228px,1.2fr)', from: 860 },
    cell: ({ row }) => <ReasonChips reasons={row.original.risk.reasons} />,
  }),
  column.display({
    id: 'collect',
    meta: { label: 'table.collect', track: '92px', from: 720, end: true },
    cell: ({ row }) => <CollectAmount collect={row.original.collect} />,
  }),
  column.display({
    id: 'movement',
    meta: { label: 'table.movement', track: 'minmax(150px,1.2fr)', from: 1200 },
    cell: ({ row: { original } }) => (
      <span title={original.last_movement_text ?? undefined}>{original.last_movement_text}</span>
    ),
  }),
];
