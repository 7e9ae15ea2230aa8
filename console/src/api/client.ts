import type { Problem } from './types';

const REQUEST_TIMEOUT_MS = 20_000;

/** Every failure of the interface, including "no connection" (status 0) and time-outs. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;
  readonly requestId: string | null;

  constructor(problem: Problem, requestId: string | null = null) {
    super(problem.title);
    this.name = 'ApiError';
    this.status = problem.status;
    this.problem = problem;
    this.requestId = requestId;
  }

  /** Last part of the problem type, for example `already-imported`. */
  get slug(): string {
    return this.problem.type.split('/').at(-1) ?? '';
  }
}

let csrfToken: string | null = null;

export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

export function getCsrfToken(): string | null {
  return csrfToken;
}

export function localProblem(slug: string, title: string): ApiError {
  return new ApiError({ type: `/problems/${slug}`, title, status: 0 });
}

/** Reads a problem out of a body that may be empty or not JSON at all. */
export function parseProblem(status: number, body: string): Problem {
  const fallback: Problem = { type: '/problems/unknown', title: `HTTP ${status}`, status };
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null || !('type' in parsed)) return fallback;
    return { ...fallback, ...(parsed as Partial<Problem>), status };
  } catch {
    return fallback;
  }
}

interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

function headersFor(method: string, hasBody: boolean): Headers {
  const headers = new Headers({ Accept: 'application/json' });
  if (hasBody) headers.set('Content-Type', 'application/json');
  if (method !== 'GET' && csrfToken) headers.set('X-CSRF-Token', csrfToken);
  return headers;
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const method = options.method ?? 'GET';
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const init: RequestInit = {
    method,
    headers: headersFor(method, options.body !== undefined),
    credentials: 'same-origin',
    signal,
  };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  try {
    return await fetch(path, init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    if (timeout.aborted) throw localProblem('timeout', 'Timed out');
    throw localProblem('network', 'No connection');
  }
}

/** Sends one request and returns the decoded body; rejects with {@link ApiError}. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  const text = await response.text();
  if (!response.ok) {
    throw new ApiError(parseProblem(response.status, text), response.headers.get('X-Request-Id'));
  }
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Builds `?a=1&b=2` from the members that have a value. */
export function queryString(params: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}
