/**
 * The main job of an operator, from an empty server to a queue that says what to do.
 *
 * LITPER_E2E_URL        address of a server without accounts
 * LITPER_E2E_SETUP_URL  its set-up link
 * LITPER_E2E_FILE       a Dropi report with at least one urgent shipment
 * LITPER_E2E_LATER_FILE  a later report about the same shipments
 * LITPER_E2E_DEMO_SETUP_URL  set-up link of the demonstration
 */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';

const ADMIN = { name: 'Ana Prueba', email: 'ana@prueba.co', password: 'mesa nube lápiz río' };
const DEMO_BANNER = /^Demostración:/;
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}`);
  return value;
}

/** Collects what the browser complains about, which includes refusals of the content policy. */
function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    // Without a session yet, asking for it answers 401, and a wrong field 422; the browser logs such answers.
    const expected = /\/v1\/(session|orders)$/.test(message.location().url);
    if (message.type() === 'error' && !expected) errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  return errors;
}

/** No accessibility violation and no sideways scroll, on a desk and on a phone. */
async function expectAccessible(page: Page): Promise<void> {
  for (const size of [DESKTOP, PHONE]) {
    await page.setViewportSize(size);
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' ')}`);
    expect(found, `${page.url()} at ${size.width} px`).toEqual([]);
    const excess = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(excess, `${page.url()} scrolls sideways at ${size.width} px`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(DESKTOP);
}

async function setUp(page: Page, link: string, email: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Nombre').fill(ADMIN.name);
  await expect(page).toHaveURL(/\/setup$/);
  await page.getByLabel('Correo').fill(email);
  await page.getByLabel('Contraseña', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Crear cuenta e ingresar' }).click();
  await expect(page.getByRole('heading', { name: 'Cola urgente' })).toBeVisible();
}

async function importReport(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Importar', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Importar' })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Elegir archivo').first().setInputFiles(required('LITPER_E2E_FILE'));
  const result = page.getByRole('region', { name: 'Resultado de la carga' });
  await expect(result).toBeVisible({ timeout: 60_000 });
  await expect(result.getByText(/^Carga (completa|terminada)/)).toBeVisible();
  await result.getByRole('link', { name: 'Ir a la cola urgente' }).click();
}

async function workTheQueue(page: Page): Promise<void> {
  const rows = page.getByRole('grid', { name: 'Lista de guías' }).getByRole('row');
  const first = rows.nth(1);
  await expect(first).toBeVisible();
  await expect(first.getByText(/^(Alto|Medio|Bajo)$/)).toBeVisible();
  await expect(first.getByRole('gridcell').nth(1)).toHaveText(/^\d{1,3}$/);
  await expect(first.getByRole('listitem').first()).toBeVisible();
  await expectAccessible(page);
  const number = await first.getByRole('gridcell').nth(2).innerText();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: `Detalle de la guía ${number}` });
  await expect(panel.getByRole('region', { name: 'Por qué' })).toBeVisible();
  const timeline = panel.getByRole('region', { name: 'Historia' });
  await expect(timeline.getByRole('listitem').first()).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await openAsPage(page);
}

/** Somebody else loads a report; the open queue shows it without being asked. */
async function seeItLive(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Cola urgente' }).click();
  await expect(page.getByText('En vivo')).toBeVisible();
  const session = (await (await page.request.get('/v1/session')).json()) as { csrf_token: string };
  const file = required('LITPER_E2E_LATER_FILE');
  const answer = await page.request.post('/v1/imports', {
    headers: { 'X-CSRF-Token': session.csrf_token },
    multipart: {
      file: {
        name: 'otro.xlsx',
        mimeType: 'application/octet-stream',
        buffer: await readFile(file),
      },
    },
  });
  expect(answer.status()).toBe(202);
  // While it is told what changes, the page asks by itself only every minute.
  await expect(page.getByRole('link', { name: 'Ver la carga otro.xlsx' })).toBeVisible();
}

async function openAsPage(page: Page): Promise<void> {
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Abrir en página' }).click();
  await expect(page).toHaveURL(/\/guias\/[^/?]+$/);
  await expect(page.getByRole('region', { name: 'Historia' })).toBeVisible();
  await expectAccessible(page);
}

async function logOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: `Menú de ${ADMIN.name}` }).click();
  await page.getByRole('menuitem', { name: 'Cerrar sesión' }).click();
  await expect(page.getByRole('heading', { name: 'Ingresar' })).toBeVisible();
}

async function logIn(page: Page): Promise<void> {
  await page.getByLabel('Correo').fill(ADMIN.email);
  await page.getByLabel('Contraseña', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Ingresar' }).click();
}

/** An order that came by phone: a wrong field is named, and the list shows the order at once. */
async function placeOrder(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Nuevo pedido' }).click();
  const form = page.getByRole('dialog', { name: 'Nuevo pedido' });
  await form.getByLabel('Cliente').fill('Zulma Prueba');
  await form.getByLabel('Celular').fill('12');
  await form.getByLabel('Dirección').fill('Calle 1 # 2-3');
  await form.getByLabel('Ciudad').fill('La Unión, Nariño');
  await form.getByLabel('Valor a cobrar').fill('85.000');
  await form.getByLabel('Producto', { exact: true }).fill('Lámpara');
  await expectAccessible(page);
  await form.getByRole('button', { name: 'Crear pedido' }).click();
  await expect(form.getByText('Escriba un número de 10 dígitos')).toBeVisible();
  await form.getByLabel('Celular').fill('399 000 9999');
  await form.getByRole('button', { name: 'Crear pedido' }).click();
  await expect(form).toBeHidden();
  const row = page.getByRole('row').filter({ hasText: 'Zulma Prueba' });
  await expect(row.getByText('Manual')).toBeVisible();
  await expect(row.getByText('$ 85.000')).toBeVisible();
}

/** A batch whose first shipment is marked, unmarked and marked; then it is compared with the one before. */
async function workThrough(page: Page): Promise<void> {
  await page
    .getByRole('link', { name: /^Carga \d/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: /^Carga \d/ })).toBeVisible();
  const mark = page.getByRole('button', { name: /^Marcar revisada la guía/ }).first();
  await mark.click();
  await expect(page.getByText('1 guía marcada como revisada.')).toBeVisible();
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await expect(page.getByRole('button', { name: /^Quitar la marca/ })).toHaveCount(0);
  await mark.click();
  await expect(page.getByRole('button', { name: /^Quitar la marca/ })).toHaveCount(1);
  await expectAccessible(page);
  await page.getByLabel('Comparar con').selectOption({ index: 1 });
  await expect(page.getByRole('heading', { level: 1, name: /frente a/ })).toBeVisible();
  await expect(page.getByText('Sin cambios')).toBeVisible();
  await expectAccessible(page);
}

/** The places behind the daily ones, each accessible; a mapping that is made, removed and back again. */
async function lookAfter(page: Page): Promise<void> {
  const open = async (name: string) => {
    await page.getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  };
  await open('Cargas');
  await expectAccessible(page);
  await workThrough(page);
  await open('Semáforo de rutas');
  await expect(page.getByRole('table', { name: 'Lista de rutas' })).toBeVisible();
  await expectAccessible(page);
  await open('Estados');
  await mapPhrase(page);
  await expectAccessible(page);
  for (const name of ['Fallas', 'Tiendas', 'Riesgo']) {
    await open(name);
    await expectAccessible(page);
  }
  await page.getByLabel('Medio desde').fill('71');
  await expect(page.getByText('Medio no puede empezar después de alto.')).toBeVisible();
  await page.getByLabel('Medio desde').fill('30');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await expect(page.getByLabel('Medio desde')).toHaveValue('40');
}

async function mapPhrase(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Nuevo mapeo' }).click();
  const form = page.getByRole('dialog', { name: 'Nuevo mapeo' });
  await form.getByLabel('Frase de la transportadora').fill('En la puerta verde');
  await form.getByLabel('Significa').selectOption('Novedad');
  await form.getByLabel('Motivo de la novedad').selectOption('Nadie recibe');
  await form.getByRole('button', { name: 'Guardar' }).click();
  await expect(form).toBeHidden();
  await expect(page.getByText(/se están leyendo otra vez/)).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: 'EN LA PUERTA VERDE' });
  await row.getByRole('button', { name: /^Quitar/ }).click();
  await expect(row).toBeHidden();
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await expect(row.getByText('Nadie recibe')).toBeVisible();
}

test('de un servidor vacío a la cola urgente', async ({ page }) => {
  const errors = watchErrors(page);
  await setUp(page, required('LITPER_E2E_SETUP_URL'), ADMIN.email);
  await expect(page.getByText(DEMO_BANNER)).toBeHidden();
  await importReport(page);
  await workTheQueue(page);
  await seeItLive(page);
  await logOut(page);
  await expectAccessible(page);
  await logIn(page);
  await expect(page.getByRole('grid', { name: 'Lista de guías' })).toBeVisible();
  expect(errors).toEqual([]);
});

test('la demostración está viva y se reconoce', async ({ page }) => {
  // Ten checks of accessibility take their time on a busy machine.
  test.setTimeout(600_000);
  const errors = watchErrors(page);
  await setUp(page, required('LITPER_E2E_DEMO_SETUP_URL'), 'demo@prueba.co');
  await expect(page.getByText(DEMO_BANNER)).toBeVisible();
  const rows = page.getByRole('grid', { name: 'Lista de guías' }).getByRole('row');
  await expect(rows.nth(1).getByText('Alto')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Pedidos', exact: true }).click();
  await expect(page.getByText('Pendiente', { exact: true }).first()).toBeVisible();
  await expectAccessible(page);
  await placeOrder(page);
  await lookAfter(page);
  expect(errors).toEqual([]);
});
