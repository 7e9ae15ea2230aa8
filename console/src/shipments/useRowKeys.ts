import { useRef, useState, type RefObject } from 'react';
import type { Shipment } from '../api/types';
import { useKeys } from '../lib/hooks';

/** Brings a row into view and focuses it; the virtual list fills it in. */
export type MoveTo = (index: number) => void;

interface RowKeysOptions {
  rows: readonly Shipment[];
  openId: string | undefined;
  onOpen: (id: string | undefined) => void;
}

interface RowKeys {
  active: number;
  moveRef: RefObject<MoveTo | null>;
  /** Changes each time the panel should take the focus. */
  focusPanel: number;
  openAt: (index: number) => void;
  focusActive: () => void;
}

function onControl(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest('a,button,summary') !== null;
}

/** J and K move, Enter opens, Esc closes. With the panel open, J and K change what it shows. */
export function useRowKeys({ rows, openId, onOpen }: RowKeysOptions): RowKeys {
  const [chosen, setChosen] = useState(-1);
  const [focusPanel, setFocusPanel] = useState(0);
  const moveRef = useRef<MoveTo>(null);
  const openIndex = openId ? rows.findIndex((row) => row.id === openId) : -1;
  const active = openIndex >= 0 ? openIndex : Math.min(chosen, rows.length - 1);

  const openAt = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setChosen(index);
    setFocusPanel((count) => count + 1);
    onOpen(row.id);
  };
  const move = (step: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, active + step));
    const row = rows[index];
    if (!row) return;
    setChosen(index);
    moveRef.current?.(index);
    if (openId) onOpen(row.id);
  };
  const focusActive = () => {
    if (active < 0) return;
    setChosen(active);
    moveRef.current?.(active);
  };
  const onKey = (key: string, event: KeyboardEvent) => {
    const lower = key.toLowerCase();
    if (lower === 'j') move(1);
    else if (lower === 'k') move(active < 0 ? 1 : -1);
    else if (key === 'Enter' && !onControl(event)) openAt(active);
    else if (key === 'Escape' && openId) {
      onOpen(undefined);
      focusActive();
    }
  };
  useKeys(onKey);
  return { active, moveRef, focusPanel, openAt, focusActive };
}
