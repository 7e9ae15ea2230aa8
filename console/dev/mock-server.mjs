// A stand-in for the Litper server, for developing screens without one. It keeps its state in
// memory, speaks the same interface and serves dist/ under the same strict content policy.
// Usage: npm run dev:mock   (PORT, default 8080; SEEDED=1 starts with an account and shipments)
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { makeOrders, makeShipments } from './mock-data.mjs';

const PORT = Number(process.env.PORT ?? 8080);
const DIST = join(import.meta.dirname, '..', 'dist');
const SETUP_TOKEN = 'mock-setup-token';
const LIMIT_BYTES = 10 * 1024 * 1024;
const REQUIRED = ['numero_de_guia', 'estatus', 'ciudad_de_destino', 'transportadora'];
const POLICY =
  "default-src 'self'; style-src 'self'; script-src 'self'; frame-ancestors 'none'; base-uri 'self'";
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const state = { account: null, sessions: new Map(), imports: [], rows: [], hashes: new Map() };

class ProblemError extends Error {
  constructor(status, slug, extensions = {}) {
    super(slug);
    this.status = status;
    this.body = { type: `/problems/${slug}`, title: slug, status, detail: slug, ...extensions };
  }
}

function sessionBody(csrf) {
  const { name, email } = state.account;
  return {
    user: { id: 'user-1', name, email, role: 'admin' },
    tenant: { id: 'tenant-1', slug: 'demo', name: 'Tienda Demo del Valle', demo: true },
    csrf_token: csrf,
    permissions: ['guides:read', 'guides:write', 'orders:read'],
  };
}

function openSession(response) {
  const id = randomUUID();
  const csrf = randomUUID();
  state.sessions.set(id, csrf);
  response.setHeader('Set-Cookie', `litper_session=${id}; HttpOnly; SameSite=Lax; Path=/`);
  return sessionBody(csrf);
}

function sessionOf(request) {
  const id = /litper_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  const csrf = id && state.sessions.get(id);
  if (!csrf) throw new ProblemError(401, 'unauthenticated');
  const writes = !['GET', 'HEAD'].includes(request.method);
  if (writes && request.headers['x-csrf-token'] !== csrf) throw new ProblemError(403, 'csrf');
  return { id, csrf };
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function page(items, url) {
  const limit = Math.min(200, Number(url.searchParams.get('limit') ?? 50));
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const end = start + limit;
  return { items: items.slice(start, end), next_cursor: end < items.length ? String(end) : null };
}

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

function isIn(city, wanted) {
  const [name, department] = wanted.split(',').map((part) => plain(part.trim()));
  const sameDepartment = !department || plain(city.department ?? '').startsWith(department);
  return city.dane_code === wanted || (plain(city.name) === name && sameDepartment);
}

/** A search is a whole tracking number or phone, and stands alone. */
function filtered(url, onlyOpen) {
  const get = (name) => url.searchParams.get(name);
  const shipments = state.rows.map((row) => row.shipment);
  const q = get('q');
  if (q)
    return shipments.filter((each) => [each.tracking_number, each.recipient.phone].includes(q));
  return shipments
    .filter((each) => !onlyOpen || !each.risk.terminal)
    .filter((each) => !get('level') || (each.risk.level === get('level') && !each.risk.terminal))
    .filter((each) => !get('status') || each.status === get('status'))
    .filter((each) => !get('carrier') || each.carrier.code === get('carrier'))
    .filter((each) => !get('city') || isIn(each.city, get('city')));
}

function facets() {
  const all = state.rows.map((row) => row.shipment);
  const distinct = (values, key) => [
    ...new Map(values.map((value) => [key(value), value])).values(),
  ];
  return {
    carriers: distinct(
      all.map((each) => each.carrier),
      (carrier) => carrier.code,
    ),
    cities: distinct(
      all.map((each) => each.city),
      (city) => `${city.name} ${city.department}`,
    ),
  };
}

function summary() {
  const open = state.rows.map((row) => row.shipment);
  const count = (level) =>
    open.filter((each) => each.risk.level === level && !each.risk.terminal).length;
  const last = state.imports[0];
  return {
    high: count('HIGH'),
    medium: count('MEDIUM'),
    low: count('LOW'),
    terminal: open.filter((each) => each.risk.terminal).length,
    unmapped_statuses: new Set(
      open.filter((each) => !each.status_known).map((each) => each.raw_status),
    ).size,
    last_import: last
      ? {
          id: last.id,
          file_name: last.file_name,
          status: last.status,
          finished_at: last.finished_at,
        }
      : null,
  };
}

const FAILED = [
  {
    row: 14,
    column: 'fecha_de_ultimo_movimiento',
    value: '31/02/2026',
    reason: 'bad_date',
    row_left_out: false,
  },
  {
    row: 22,
    column: 'numero_de_guia',
    value: '2,4E+11',
    reason: 'scientific_number',
    row_left_out: true,
  },
  { row: 37, column: 'telefono', value: '=CMD()', reason: 'bad_phone', row_left_out: false },
];

function newImport(fileName, size) {
  return {
    id: randomUUID(),
    file_name: fileName,
    size_bytes: size,
    status: 'queued',
    phase: 'waiting',
    format: null,
    created_at: new Date().toISOString(),
    started_at: null,
    finished_at: null,
    progress: { rows_total: null, rows_read: 0, rows_applied: 0 },
    result: null,
    error: null,
    warnings: [],
    failed_rows: [],
  };
}

function finishImport(job, count) {
  const rows = makeShipments(count, job.id, state.imports.length);
  state.rows = [...state.rows, ...rows].sort(
    (a, b) =>
      Number(a.shipment.risk.terminal) - Number(b.shipment.risk.terminal) ||
      b.shipment.risk.score - a.shipment.risk.score ||
      a.shipment.last_movement_at.localeCompare(b.shipment.last_movement_at),
  );
  Object.assign(job, {
    status: 'partial',
    phase: 'done',
    finished_at: new Date().toISOString(),
    failed_rows: FAILED,
    warnings: [{ code: 'unmatched_columns', detail: 'vendedor, tienda' }],
    result: {
      rows_read: count + FAILED.length,
      rows_skipped: 2,
      rows_failed: FAILED.length,
      orders_created: 40,
      orders_updated: 0,
      shipments_created: count,
      shipments_updated: 0,
      events_new: count * 6,
      events_duplicate: Math.floor(count / 3),
      events_out_of_order: count,
    },
  });
}

/** Plays the phases of an import over about three seconds. */
function runImport(job, count) {
  const steps = 12;
  let step = 0;
  const timer = setInterval(() => {
    step += 1;
    job.status = 'running';
    job.started_at ??= new Date().toISOString();
    job.format = 'dropi_event_log';
    job.phase = step <= steps / 2 ? 'reading' : 'applying';
    const share = (from) =>
      Math.min(count, Math.max(0, Math.round(((step - from) / (steps / 2)) * count)));
    job.progress = { rows_total: count, rows_read: share(0), rows_applied: share(steps / 2) };
    if (step <= steps) return;
    clearInterval(timer);
    finishImport(job, count);
  }, 250);
}

function missingColumns(text) {
  const header = text
    .split(/\r?\n/, 1)[0]
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((cell) => cell.trim());
  return REQUIRED.filter((column) => !header.includes(column));
}

async function createImport(request) {
  const body = await readBody(request);
  const head = body.subarray(0, 2000).toString('latin1');
  const fileName = Buffer.from(
    /filename="([^"]*)"/.exec(head)?.[1] ?? 'archivo.csv',
    'latin1',
  ).toString('utf8');
  if (body.length > LIMIT_BYTES)
    throw new ProblemError(413, 'file-too-large', { limit_bytes: LIMIT_BYTES });
  if (!/\.(csv|xlsx?|xlsm)$/i.test(fileName)) throw new ProblemError(422, 'unsupported-file');
  const start = body.indexOf('\r\n\r\n') + 4;
  const content = body.subarray(start, body.lastIndexOf('\r\n--'));
  const hash = createHash('sha256').update(content).digest('hex');
  const first = state.hashes.get(hash);
  if (first) {
    throw new ProblemError(409, 'already-imported', {
      first_import_id: first.id,
      first_loaded_at: first.created_at,
    });
  }
  const job = newImport(fileName, content.length);
  state.imports.unshift(job);
  const missing = fileName.endsWith('.csv') ? missingColumns(content.toString('utf8')) : [];
  if (missing.length > 0) {
    const error = { code: 'missing_columns', detail: 'missing', columns: missing };
    Object.assign(job, {
      status: 'failed',
      phase: 'done',
      finished_at: new Date().toISOString(),
      error,
    });
  } else {
    state.hashes.set(hash, job);
    setTimeout(() => runImport(job, 640), 700);
  }
  return [202, { id: job.id }];
}

function createAccount(body, response) {
  if (body.token !== SETUP_TOKEN || state.account)
    throw new ProblemError(410, 'setup-link-invalid');
  if (body.password.length < 10) {
    throw new ProblemError(422, 'invalid-request', {
      errors: [{ field: 'password', code: 'too_short' }],
    });
  }
  state.account = body;
  return [201, openSession(response)];
}

function logIn(body, response) {
  const { account } = state;
  if (!account || body.email !== account.email || body.password !== account.password) {
    throw new ProblemError(401, 'invalid-credentials');
  }
  return [200, openSession(response)];
}

function found(value) {
  if (value === undefined) throw new ProblemError(404, 'not-found');
  return [200, value];
}

function shipmentAnswer(id, part, url) {
  const row = state.rows.find((each) => each.shipment.id === id);
  if (!row) throw new ProblemError(404, 'not-found');
  return [200, part ? page(row.events, url) : { ...row.shipment, ...row.detail }];
}

async function answer(request, response, url) {
  const route = `${request.method} ${url.pathname}`;
  const json = async () => JSON.parse((await readBody(request)).toString('utf8'));
  if (route === 'POST /v1/setup') return createAccount(await json(), response);
  if (route === 'POST /v1/session') return logIn(await json(), response);
  const session = sessionOf(request);
  if (route === 'GET /v1/session') return [200, sessionBody(session.csrf)];
  if (route === 'DELETE /v1/session') {
    state.sessions.delete(session.id);
    return [204, undefined];
  }
  if (route === 'POST /v1/imports') return createImport(request);
  if (route === 'GET /v1/queue/summary') return [200, summary()];
  if (route === 'GET /v1/queue') return [200, page(filtered(url, true), url)];
  if (route === 'GET /v1/shipments') return [200, page(filtered(url, false), url)];
  if (route === 'GET /v1/shipments/facets') return [200, facets()];
  if (route === 'GET /v1/orders') return [200, page(makeOrders(state.rows), url)];
  if (route === 'GET /v1/imports') {
    return [
      200,
      page(
        state.imports.map(({ failed_rows, ...job }) => job),
        url,
      ),
    ];
  }
  const [, , kind, id, part] = url.pathname.split('/');
  if (kind === 'imports') return found(state.imports.find((job) => job.id === id));
  if (kind === 'shipments') return shipmentAnswer(id, part, url);
  throw new ProblemError(404, 'not-found');
}

async function serveInterface(request, response, url) {
  response.setHeader('X-Request-Id', randomUUID());
  try {
    const [status, body] = await answer(request, response, url);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    response.writeHead(error.status, { 'Content-Type': 'application/problem+json' });
    response.end(JSON.stringify(error.body));
  }
}

async function serveFile(response, url) {
  const path = normalize(url.pathname);
  const name = extname(path) ? path : '/index.html';
  try {
    const content = await readFile(join(DIST, name));
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': POLICY });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

function seed() {
  state.account = { name: 'Ana Prueba', email: 'ana@demo.co', password: 'una clave larga' };
  const job = newImport('reporte-dropi-marzo.csv', 184_320);
  job.format = 'dropi_event_log';
  job.started_at = job.created_at;
  state.imports.unshift(job);
  finishImport(job, 640);
}

if (process.env.SEEDED) seed();
createServer((request, response) => {
  const url = new URL(request.url, 'http://mock');
  const isInterface = url.pathname.startsWith('/v1/');
  void (isInterface ? serveInterface(request, response, url) : serveFile(response, url));
}).listen(PORT, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${PORT}/setup?token=${SETUP_TOKEN}`);
});
