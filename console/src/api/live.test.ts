import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GATHER_MS, gather, isLive, startLive, topicsOf, type Topic } from './live';

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 0;
  constructor() {
    super();
    FakeSource.opened.push(this);
  }
  close() {
    this.readyState = FakeSource.CLOSED;
  }
  say(type: string, data?: string) {
    this.dispatchEvent(data === undefined ? new Event(type) : new MessageEvent(type, { data }));
  }
  refuse() {
    this.readyState = FakeSource.CLOSED;
    this.say('error');
  }
}

const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });

function show(state: string) {
  page.visibilityState = state;
  page.dispatchEvent(new Event('visibilitychange'));
}

function last(): FakeSource {
  const source = FakeSource.opened.at(-1);
  if (!source) throw new Error('no connection was opened');
  return source;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.opened = [];
  page.visibilityState = 'visible';
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('document', page);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('many words become one refresh a second', () => {
  const seen: Topic[][] = [];
  const tell = gather((topics) => seen.push([...topics]));
  tell(['shipments']);
  for (let n = 0; n < 50; n += 1) tell(['shipments', 'imports']);
  expect(seen).toEqual([['shipments']]);
  vi.advanceTimersByTime(GATHER_MS);
  expect(seen).toEqual([['shipments'], ['shipments', 'imports']]);
  vi.advanceTimersByTime(10 * GATHER_MS);
  expect(seen).toHaveLength(2);
});

test('a message that is not understood changes nothing', () => {
  expect(topicsOf('{"topics":["orders","moons"]}')).toEqual(['orders']);
  for (const bad of ['', 'x', 'null', '[]', '{"topics":1}']) expect(topicsOf(bad)).toEqual([]);
});

test('a lost connection is taken up again and what was missed is asked for', async () => {
  const told: Topic[][] = [];
  const stop = startLive((topics) => told.push([...topics]));
  last().say('open');
  expect(isLive()).toBe(true);
  expect(told).toEqual([]);
  last().say('changed', '{"topics":["orders"]}');
  expect(told).toEqual([['orders']]);

  last().refuse();
  await Promise.resolve();
  expect(isLive()).toBe(false);
  expect(told).toHaveLength(2);
  expect(FakeSource.opened).toHaveLength(1);
  vi.advanceTimersByTime(5_000);
  expect(FakeSource.opened).toHaveLength(2);
  last().say('open');
  expect(told.at(-1)).toEqual(['shipments', 'orders', 'imports']);
  stop();
  expect(isLive()).toBe(false);
});

test('a hidden page listens to nothing', () => {
  const stop = startLive(() => undefined);
  const first = last();
  show('hidden');
  expect(first.readyState).toBe(FakeSource.CLOSED);
  show('visible');
  expect(FakeSource.opened).toHaveLength(2);
  stop();
});
