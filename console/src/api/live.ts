/**
 * One connection over which the server says that something changed. It heals itself; while it is
 * down, pages ask again every few seconds as they would without it.
 */

export const TOPICS = ['shipments', 'orders', 'imports'] as const;
export type Topic = (typeof TOPICS)[number];

/** At most one refresh in this time, however much changes. */
export const GATHER_MS = 1_000;
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 60_000;

let live = false;
const watchers = new Set<() => void>();

/** Whether the server tells us what changes. */
export function isLive(): boolean {
  return live;
}

export function watchLive(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

function setLive(next: boolean): void {
  if (live === next) return;
  live = next;
  for (const changed of watchers) changed();
}

/** Gathers words into one call: the first at once, the others of the next second together. */
export function gather(
  refresh: (topics: ReadonlySet<Topic>) => void,
): (topics: Iterable<Topic>) => void {
  let waiting = new Set<Topic>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = () => {
    timer = null;
    if (waiting.size === 0) return;
    const topics = waiting;
    waiting = new Set();
    timer = setTimeout(flush, GATHER_MS);
    refresh(topics);
  };
  return (topics) => {
    for (const topic of topics) waiting.add(topic);
    if (timer === null) flush();
  };
}

/** Topics of a message; what an older page does not know is left out. */
export function topicsOf(data: string): Topic[] {
  try {
    const parsed: unknown = JSON.parse(data);
    if (typeof parsed !== 'object' || parsed === null || !('topics' in parsed)) return [];
    const named = parsed.topics;
    return Array.isArray(named) ? TOPICS.filter((topic) => named.includes(topic)) : [];
  } catch {
    return [];
  }
}

/** Listens while the page is visible; a hidden page needs nothing and frees its place. */
export function startLive(onTopics: (topics: Iterable<Topic>) => void): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | null = null;
  let retryMs = FIRST_RETRY_MS;
  let missed = false;

  const stop = () => {
    source?.close();
    source = null;
    if (retry !== null) clearTimeout(retry);
    retry = null;
  };
  const lost = () => {
    missed = true;
    // Whoever relied on being told asks now, and again in short.
    if (live) queueMicrotask(() => onTopics(TOPICS));
    setLive(false);
  };
  const open = () => {
    stop();
    const opened = new EventSource('/v1/live');
    source = opened;
    opened.addEventListener('open', () => {
      retryMs = FIRST_RETRY_MS;
      setLive(true);
      if (missed) onTopics(TOPICS);
      missed = false;
    });
    opened.addEventListener('changed', ({ data }) => onTopics(topicsOf(String(data))));
    opened.addEventListener('error', () => {
      lost();
      // The browser comes back by itself unless the server refused.
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      retry = setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    });
  };
  const follow = () => {
    if (document.visibilityState === 'visible') {
      if (!source) open();
    } else {
      stop();
      lost();
    }
  };
  document.addEventListener('visibilitychange', follow);
  follow();
  return () => {
    document.removeEventListener('visibilitychange', follow);
    stop();
    setLive(false);
  };
}
