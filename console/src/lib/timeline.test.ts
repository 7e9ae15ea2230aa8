import { describe, expect, it } from 'vitest';
import type { ShipmentEvent } from '../api/types';
import { groupByDay, journeyStep } from './timeline';

function event(id: string, occurredAt: string, status: ShipmentEvent['status']): ShipmentEvent {
  return {
    id,
    occurred_at: occurredAt,
    received_at: occurredAt,
    status,
    status_known: true,
    exception_reason: 'NONE',
    raw_status: status,
    text: null,
    novelty: null,
    city: null,
    source: 'dropi_file',
    out_of_order: false,
    import_id: null,
  };
}

const created = event('a', '2026-03-01T15:00:00Z', 'CREATED');
const shipped = event('b', '2026-03-02T04:30:00Z', 'SHIPPED');
const transit = event('c', '2026-03-05T13:00:00Z', 'IN_TRANSIT');

describe('groupByDay', () => {
  it('puts the newest first and splits days at midnight in Bogota', () => {
    const days = groupByDay([created, transit, shipped]);
    const ids = days.map((day) => day.entries.map((entry) => entry.event.id));
    // 4:30 UTC of the 2nd is still the 1st in Bogota.
    expect(ids).toEqual([['c'], ['b', 'a']]);
  });

  it('measures long silences and ignores short ones', () => {
    const entries = groupByDay([created, transit, shipped]).flatMap((day) => day.entries);
    expect(entries.map((entry) => entry.silenceBelow / 3_600_000)).toEqual([80.5, 0, 0]);
  });

  it('has no days without events', () => {
    expect(groupByDay([])).toEqual([]);
  });
});

describe('journeyStep', () => {
  it('follows the status of the normal journey', () => {
    expect(journeyStep('PROCESSING', [])).toBe(0);
    expect(journeyStep('IN_OFFICE', [])).toBe(3);
    expect(journeyStep('DELIVERED', [])).toBe(4);
  });

  it('stays where an incident found the parcel', () => {
    expect(journeyStep('ISSUE', [created, shipped, transit])).toBe(2);
    // One report is enough to know that the carrier has had it.
    expect(journeyStep('RETURNED', [])).toBe(2);
  });
});
