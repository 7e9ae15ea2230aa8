// Takes a picture of every page at desktop and phone width, light and dark.
// Usage: LITPER_E2E_URL=… LITPER_E2E_EMAIL=… LITPER_E2E_PASSWORD=… node e2e/shots.mjs <folder>
import { chromium } from '@playwright/test';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LAUNCH } from './browser.mjs';

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const SCHEMES = ['light', 'dark'];

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}`);
  return value;
}

async function logIn(page) {
  await page.getByLabel('Correo').fill(required('LITPER_E2E_EMAIL'));
  await page.getByLabel('Contraseña', { exact: true }).fill(required('LITPER_E2E_PASSWORD'));
  await page.getByRole('button', { name: 'Ingresar' }).click();
  await page.waitForURL(/\/cola/);
}

async function firstIds(page) {
  return page.evaluate(async () => {
    const items = async (path) => (await (await fetch(path)).json()).items;
    const [shipments, imports, batches] = [
      await items('/v1/queue?limit=1'),
      await items('/v1/imports?limit=1'),
      await items('/v1/batches?limit=2'),
    ];
    const [later, earlier] = batches.map(({ id }) => id);
    return { shipment: shipments[0]?.id, job: imports[0]?.id, later, earlier };
  });
}

/** Sideways scroll is a defect at every width. */
async function reportOverflow(page, name) {
  const excess = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (excess > 0) console.warn(`${name}: ${excess} px wider than the screen`);
}

async function shoot(page, folder, name) {
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(250);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await reportOverflow(page, name);
}

async function shootAll(browser, base, folder, size, scheme) {
  const context = await browser.newContext({
    baseURL: base,
    viewport: SIZES[size],
    colorScheme: scheme,
    locale: 'es-CO',
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') console.warn(`${size} ${scheme}: ${message.text()}`);
  });
  const take = (name) => shoot(page, folder, `${name}-${size}-${scheme}`);
  await page.goto('/login');
  await take('login');
  await logIn(page);
  await take('cola');
  const { shipment, job, later, earlier } = await firstIds(page);
  const places = {
    guias: '/guias',
    pedidos: '/pedidos',
    importar: '/importar',
    discrepancias: '/discrepancias',
    oficinas: '/oficinas',
    rutas: '/rutas',
    estados: '/estados',
    fallas: '/fallas',
    tiendas: '/tiendas',
    transportadoras: '/transportadoras',
    riesgo: '/riesgo',
    mas: '/mas',
    cargas: '/cargas',
    ...(job ? { importacion: `/importar/${job}` } : {}),
    ...(later ? { carga: `/cargas/${later}` } : {}),
    ...(earlier ? { comparar: `/cargas/${later}/comparar?with=${earlier}` } : {}),
    ...(shipment ? { 'cola-panel': `/cola?open=${shipment}`, guia: `/guias/${shipment}` } : {}),
    'sin-resultados': '/guias?q=00000',
    'no-existe': '/guias/no-existe',
  };
  for (const [name, path] of Object.entries(places)) {
    await page.goto(path);
    await take(name);
  }
  await context.close();
}

const folder = process.argv[2];
if (!folder) throw new Error('usage: node e2e/shots.mjs <folder>');
await mkdir(folder, { recursive: true });
const browser = await chromium.launch(LAUNCH);
for (const size of Object.keys(SIZES)) {
  for (const scheme of SCHEMES) {
    await shootAll(browser, required('LITPER_E2E_URL'), folder, size, scheme);
  }
}
await browser.close();
