import type { ReactNode } from 'react';
import { PHONE, useMediaQuery } from '../lib/hooks';

export interface DataColumn<T> {
  key: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** Figures stand on the right. */
  numeric?: boolean;
  /** Shown from 1024 px on only, and on a phone's cards. */
  wide?: boolean;
  /** What a sort by this column says and does; absent where it cannot be sorted by. */
  sort?: ColumnSort | undefined;
}

export interface ColumnSort {
  direction: 'ascending' | 'descending' | 'none';
  onSort: () => void;
}

interface DataListProps<T> {
  label: string;
  rows: readonly T[];
  rowKey: (row: T) => string;
  columns: readonly DataColumn<T>[];
  /** Buttons of a row. */
  actions?: ((row: T) => ReactNode) | undefined;
  actionsLabel: string;
}

/** A table on a desk; on a phone a card per row, its first column as the heading. */
export function DataList<T>(props: DataListProps<T>) {
  return useMediaQuery(PHONE) ? <Cards {...props} /> : <Table {...props} />;
}

function cellClass<T>({ numeric, wide }: DataColumn<T>): string {
  return `px-3 first:pl-4 ${numeric ? 'text-right nums' : ''} ${wide ? 'hidden lg:table-cell' : ''}`;
}

function Table<T>({ label, rows, rowKey, columns, actions, actionsLabel }: DataListProps<T>) {
  return (
    <table aria-label={label} className="w-full text-left text-sm">
      <thead className="text-xs text-ink-2">
        <tr className="h-9">
          {columns.map((column) => (
            <th
              key={column.key}
              aria-sort={column.sort?.direction}
              className={`font-medium last:pr-4 ${cellClass(column)}`}
            >
              <Header column={column} />
            </th>
          ))}
          {actions && (
            <th className="px-4">
              <span className="sr-only">{actionsLabel}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} className="h-11 border-t hover:bg-hover">
            {columns.map((column) => (
              <td key={column.key} className={`py-1 last:pr-4 ${cellClass(column)}`}>
                {column.cell(row)}
              </td>
            ))}
            {actions && (
              <td className="py-1 pr-4 pl-2">
                <span className="flex justify-end gap-1">{actions(row)}</span>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const ARROW = { ascending: '↑', descending: '↓', none: '' } as const;

function Header<T>({ column }: { column: DataColumn<T> }) {
  if (!column.sort) return column.header;
  return (
    <button
      type="button"
      onClick={column.sort.onSort}
      className="inline-flex min-h-6 items-center gap-1 rounded-sm hover:text-ink hover:underline"
    >
      {column.header}
      <span aria-hidden>{ARROW[column.sort.direction]}</span>
    </button>
  );
}

function Cards<T>({ label, rows, rowKey, columns, actions }: DataListProps<T>) {
  const [title, ...others] = columns;
  return (
    <ul aria-label={label}>
      {rows.map((row) => (
        <li key={rowKey(row)} className="grid gap-2 border-b px-4 py-3 text-sm last:border-b-0">
          <div className="min-w-0 font-medium">{title?.cell(row)}</div>
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
            {others.map((column) => (
              <div key={column.key} className="contents">
                <dt className="text-ink-2">{column.header}</dt>
                <dd className={`min-w-0 text-right break-words ${column.numeric ? 'nums' : ''}`}>
                  {column.cell(row)}
                </dd>
              </div>
            ))}
          </dl>
          {actions && <div className="flex flex-wrap justify-end gap-2">{actions(row)}</div>}
        </li>
      ))}
    </ul>
  );
}
