import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, parseProblem, queryString, request, setCsrfToken } from './client';

afterEach(() => {
  vi.unstubAllGlobals();
  setCsrfToken(null);
});

function answerWith(status: number, body: string) {
  const fetched = vi.fn<typeof fetch>(() =>
    Promise.resolve(new Response(body, { status, headers: { 'X-Request-Id': 'r-1' } })),
  );
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

describe('parseProblem', () => {
  it('reads the members of a problem', () => {
    const problem = parseProblem(
      409,
      '{"type":"/problems/already-imported","first_import_id":"7"}',
    );
    expect(problem).toMatchObject({ status: 409, first_import_id: '7' });
    expect(new ApiError(problem).slug).toBe('already-imported');
  });

  it.each(['', '<html>', 'null', '[]'])('survives %j', (body) => {
    expect(parseProblem(502, body)).toMatchObject({ type: '/problems/unknown', status: 502 });
  });
});

describe('request', () => {
  it('sends the token with writes and not with reads', async () => {
    const fetched = answerWith(200, '{"ok":true}');
    setCsrfToken('secret');
    await request('/v1/queue');
    await request('/v1/session', { method: 'DELETE' });
    const sent = fetched.mock.calls.map(([, init]) =>
      new Headers(init?.headers).get('X-CSRF-Token'),
    );
    expect(sent).toEqual([null, 'secret']);
  });

  it('rejects with the problem and the request id', async () => {
    answerWith(401, '{"type":"/problems/unauthenticated","title":"x"}');
    await expect(request('/v1/session')).rejects.toMatchObject({ status: 401, requestId: 'r-1' });
  });

  it('names a lost connection', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    await expect(request('/v1/queue')).rejects.toMatchObject({ slug: 'network', status: 0 });
  });
});

describe('queryString', () => {
  it('leaves out what is empty', () => {
    expect(queryString({ level: 'HIGH', city: '', cursor: null, limit: 50 })).toBe(
      '?level=HIGH&limit=50',
    );
    expect(queryString({})).toBe('');
  });
});
