import { expect, it, test } from 'vitest';
import { isPublicAddress, isShopDomain, privacyDue, shopDomain } from './shops';

it.each([
  ['Mi-Tienda.myshopify.com', 'mi-tienda.myshopify.com'],
  [' https://mi-tienda.myshopify.com/admin?x=1 ', 'mi-tienda.myshopify.com'],
  ['https://admin.shopify.com/store/mi-tienda/settings', 'mi-tienda.myshopify.com'],
  ['mi-tienda', 'mi-tienda.myshopify.com'],
  ['mitienda.co', 'mitienda.co'],
  ['', ''],
])('%j is %s', (text, domain) => {
  expect(shopDomain(text)).toBe(domain);
});

test('only permanent domains are domains of shops', () => {
  expect(['a.myshopify.com', 'mitienda.co', '.myshopify.com', ''].map(isShopDomain)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test('a request is due after thirty days', () => {
  expect(privacyDue('2026-03-01T15:00:00Z')).toBe('2026-03-31T15:00:00.000Z');
});

it.each([
  ['https://litper.tienda.co', true],
  ['http://litper.tienda.co', false],
  ['https://localhost:8080', false],
  ['https://192.168.1.4', false],
])('%s is reached from outside: %s', (origin, reached) => {
  expect(isPublicAddress(origin)).toBe(reached);
});
