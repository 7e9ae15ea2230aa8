import type { ShipmentEvent, ShipmentStatus } from '../api/types';
import { bogotaDay } from './format';

/** A silence of this length or more is drawn in the timeline. */
export const SILENCE_MS = 24 * 3_600_000;

export interface TimelineEntry {
  event: ShipmentEvent;
  /** Silence between this event and the older one below it, in ms; 0 when it is short. */
  silenceBelow: number;
}

export interface TimelineDay {
  day: number;
  /** Time of the newest event of the day, to name the day. */
  iso: string;
  entries: TimelineEntry[];
}

function newestFirst(a: ShipmentEvent, b: ShipmentEvent): number {
  return b.occurred_at.localeCompare(a.occurred_at) || b.received_at.localeCompare(a.received_at);
}

function silence(newer: ShipmentEvent, older: ShipmentEvent | undefined): number {
  if (!older) return 0;
  const span = Date.parse(newer.occurred_at) - Date.parse(older.occurred_at);
  return span >= SILENCE_MS ? span : 0;
}

/** Groups events by their day in Bogota, newest first. */
export function groupByDay(events: readonly ShipmentEvent[]): TimelineDay[] {
  const ordered = [...events].sort(newestFirst);
  const days: TimelineDay[] = [];
  ordered.forEach((event, index) => {
    const entry = { event, silenceBelow: silence(event, ordered[index + 1]) };
    const day = bogotaDay(event.occurred_at);
    const current = days.at(-1);
    if (current?.day === day) current.entries.push(entry);
    else days.push({ day, iso: event.occurred_at, entries: [entry] });
  });
  return days;
}

export const JOURNEY = [
  'CREATED',
  'SHIPPED',
  'IN_TRANSIT',
  'OUT_FOR_DELIVERY',
  'DELIVERED',
] as const;

const JOURNEY_STEP: Partial<Record<ShipmentStatus, number>> = {
  CREATED: 0,
  PROCESSING: 0,
  SHIPPED: 1,
  IN_TRANSIT: 2,
  OUT_FOR_DELIVERY: 3,
  IN_OFFICE: 3,
  DELIVERED: 4,
};

/** Whoever holds a parcel up or sends it back has carried it, even if no report said so. */
const AT_LEAST: Partial<Record<ShipmentStatus, number>> = { ISSUE: 2, RETURNED: 2 };

/** Furthest step of the normal journey that the shipment reached; 0-based. */
export function journeyStep(status: ShipmentStatus, events: readonly ShipmentEvent[]): number {
  const current = JOURNEY_STEP[status];
  if (current !== undefined) return current;
  const delivered = JOURNEY.length - 1;
  const reached = events.map((event) => JOURNEY_STEP[event.status] ?? 0);
  return Math.min(delivered - 1, Math.max(AT_LEAST[status] ?? 0, ...reached));
}
