import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useState, type RefObject } from 'react';
import type { Shipment } from '../api/types';
import { useI18n } from '../i18n/context';
import { useWidth } from '../lib/hooks';
import { ShipmentCard } from './ShipmentCard';
import { ShipmentRow, TableHead, useShipmentTable } from './ShipmentTable';
import type { MoveTo } from './useRowKeys';

const ROW_PX = 40;
const CARD_PX = 132;
/** Rows left below the screen when the next page is asked for. */
const AHEAD = 20;

interface ShipmentListProps {
  rows: readonly Shipment[];
  phone: boolean;
  scroller: HTMLElement | null;
  active: number;
  openId: string | undefined;
  dimmed: boolean;
  hasMore: boolean;
  onMore: () => void;
  onOpen: (index: number) => void;
  moveRef: RefObject<MoveTo | null>;
}

function rowId(index: number): string {
  return `shipment-row-${index}`;
}

/** Only the rows on the screen exist in the page, however many are loaded. */
export function ShipmentList(props: ShipmentListProps) {
  const { rows, phone, scroller, hasMore, onMore, moveRef } = props;
  const { t, plural } = useI18n();
  const [frame, setFrame] = useState<HTMLElement | null>(null);
  const width = useWidth(frame);
  const margin = useOffset(frame, scroller);
  // eslint-disable-next-line react-hooks/incompatible-library -- not compiled, so not memoised
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => (phone ? CARD_PX : ROW_PX),
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingStart: phone ? 0 : ROW_PX,
  });
  useEffect(() => virtual.measure(), [phone, virtual]);
  useMove(moveRef, (index) => virtual.scrollToIndex(index, { align: 'auto' }));

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const reachable = items.some((item) => item.index === props.active)
    ? props.active
    : items[0]?.index;
  useLoadAhead(hasMore && last >= rows.length - AHEAD, rows.length, onMore);

  const table = useShipmentTable(rows, width);
  return (
    <>
      <div
        ref={setFrame}
        role={phone ? 'list' : 'grid'}
        aria-label={t('table.label')}
        aria-rowcount={phone ? undefined : hasMore ? -1 : rows.length + 1}
        className={props.dimmed ? 'opacity-60' : ''}
      >
        {!phone && <TableHead table={table} />}
        <div
          role={phone ? 'presentation' : 'rowgroup'}
          className="relative"
          style={{ height: virtual.getTotalSize() }}
        >
          {items.map((item) => {
            const row = rows[item.index];
            const tableRow = table.getRowModel().rows[item.index];
            if (!row || !tableRow) return null;
            const placed = {
              id: rowId(item.index),
              top: item.start - margin,
              height: item.size,
              active: item.index === props.active,
              open: row.id === props.openId,
              reachable: item.index === reachable,
              onOpen: () => props.onOpen(item.index),
            };
            return phone ? (
              <ShipmentCard key={item.key} shipment={row} {...placed} />
            ) : (
              <ShipmentRow key={item.key} row={tableRow} index={item.index} {...placed} />
            );
          })}
        </div>
      </div>
      <p className="flex justify-between gap-4 px-4 py-3 text-xs text-ink-2 md:px-6">
        <span role="status">{hasMore ? t('table.more') : plural('table.loaded', rows.length)}</span>
        <span className="max-md:hidden">{t('queue.keys')}</span>
      </p>
    </>
  );
}

/** Distance from the top of the scrolled content to the list, when something stands above it. */
function useOffset(frame: HTMLElement | null, scroller: HTMLElement | null): number {
  const [offset, setOffset] = useState(0);
  useEffect(() => {
    if (!frame || !scroller) return;
    const observer = new ResizeObserver(() => {
      const top = frame.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      setOffset(Math.max(0, Math.round(top + scroller.scrollTop)));
    });
    for (const part of scroller.children) observer.observe(part);
    return () => observer.disconnect();
  }, [frame, scroller]);
  return offset;
}

function useMove(moveRef: RefObject<MoveTo | null>, scrollTo: MoveTo): void {
  const scroll = useEffectEvent(scrollTo);
  useEffect(() => {
    moveRef.current = (index) => {
      scroll(index);
      // The row may only exist after the scroll has been drawn.
      requestAnimationFrame(() =>
        requestAnimationFrame(() =>
          document.getElementById(rowId(index))?.focus({ preventScroll: true }),
        ),
      );
    };
  }, [moveRef]);
}

function useLoadAhead(near: boolean, loaded: number, onMore: () => void): void {
  const loadMore = useEffectEvent(onMore);
  useEffect(() => {
    if (near) loadMore();
  }, [near, loaded]);
}
