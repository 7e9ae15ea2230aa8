import { defineConfig } from '@playwright/test';
import { LAUNCH } from './e2e/browser.mjs';

/** Runs against a Litper server that is already up; see e2e/main-job.spec.ts. */
export default defineConfig({
  testDir: 'e2e',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  retries: 0,
  workers: 1,
  reporter: [['list']],
  use: {
    baseURL: process.env.LITPER_E2E_URL ?? 'http://127.0.0.1:8080',
    locale: 'es-CO',
    timezoneId: 'America/Bogota',
    viewport: { width: 1440, height: 900 },
    launchOptions: LAUNCH,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
