import {
  flexRender,
  getCoreRowModel,
  useReactTable,
  type Column,
  type Row,
  type Table,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import type { Shipment } from '../api/types';
import { useI18n } from '../i18n/context';
import { COLUMNS } from './columns';

/** Until the width is known the list is drawn as for a laptop. */
const ASSUMED_WIDTH = 1000;

export function useShipmentTable(rows: readonly Shipment[], width: number): Table<Shipment> {
  const columnVisibility = useMemo(() => {
    const available = width || ASSUMED_WIDTH;
    return Object.fromEntries(
      COLUMNS.map((column) => [
        column.id ?? 'tracking_number',
        (column.meta?.from ?? 0) <= available,
      ]),
    );
  }, [width]);
  const data = useMemo(() => [...rows], [rows]);
  // eslint-disable-next-line react-hooks/incompatible-library -- not compiled, so not memoised
  return useReactTable({
    data,
    columns: COLUMNS,
    state: { columnVisibility },
    getRowId: (row) => row.id,
    getCoreRowModel: getCoreRowModel(),
  });
}

function tracks(columns: readonly Column<Shipment>[]): string {
  return columns.map((column) => column.columnDef.meta?.track ?? '1fr').join(' ');
}

function cellClass(column: Column<Shipment>): string {
  return `truncate px-2 ${column.columnDef.meta?.end ? 'text-right' : ''}`;
}

export function TableHead({ table }: { table: Table<Shipment> }) {
  const { t } = useI18n();
  const columns = table.getVisibleLeafColumns();
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div
        role="row"
        className="grid h-9 items-center border-b bg-surface px-2 text-xs text-ink-2 md:px-4"
        style={{ gridTemplateColumns: tracks(columns) }}
      >
        {columns.map((column) => (
          <div key={column.id} role="columnheader" className={`font-medium ${cellClass(column)}`}>
            {column.columnDef.meta && t(column.columnDef.meta.label)}
          </div>
        ))}
      </div>
    </div>
  );
}

export interface PlacedProps {
  id: string;
  /** Offset from the top of the list, px. */
  top: number;
  height: number;
  active: boolean;
  open: boolean;
  /** In the tab order: exactly one row of the list is. */
  reachable: boolean;
  onOpen: () => void;
}

export function ShipmentRow({
  row,
  index,
  ...placed
}: PlacedProps & { row: Row<Shipment>; index: number }) {
  const cells = row.getVisibleCells();
  const columns = cells.map((cell) => cell.column);
  const background = placed.open ? 'bg-selected' : placed.active ? 'bg-hover' : 'hover:bg-hover';
  return (
    <div
      id={placed.id}
      role="row"
      tabIndex={placed.reachable ? 0 : -1}
      aria-rowindex={index + 2}
      aria-selected={placed.open}
      onClick={placed.onOpen}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        placed.onOpen();
      }}
      className={`absolute inset-x-0 grid cursor-pointer items-center border-b px-2 text-sm -outline-offset-2 focus-visible:rounded-none md:px-4 ${background}`}
      style={{
        gridTemplateColumns: tracks(columns),
        height: placed.height,
        transform: `translateY(${placed.top}px)`,
      }}
    >
      {cells.map((cell) => (
        <div key={cell.id} role="gridcell" className={cellClass(cell.column)}>
          {flexRender(cell.column.columnDef.cell, cell.getContext())}
        </div>
      ))}
    </div>
  );
}
