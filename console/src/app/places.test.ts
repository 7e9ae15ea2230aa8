import { expect, it } from 'vitest';
import { groupsFor } from './places';

const reached = (permissions: string[]) =>
  groupsFor(permissions).flatMap(({ places }) => places.map(({ to }) => to));

it('shows a role only the places that it may see', () => {
  expect(
    reached(['guides:read', 'analytics:read', 'users:read', 'system:admin', 'system:config']),
  ).toEqual([
    '/cargas',
    '/oficinas',
    '/discrepancias',
    '/rutas',
    '/rondas',
    '/estados',
    '/fallas',
    '/tiendas',
    '/transportadoras',
    '/riesgo',
  ]);
  expect(reached(['guides:read', 'analytics:read'])).toEqual([
    '/cargas',
    '/oficinas',
    '/discrepancias',
    '/rutas',
    '/estados',
    '/transportadoras',
    '/riesgo',
  ]);
});

it('leaves out a group with nothing in it', () => {
  expect(groupsFor(['system:admin']).map(({ label }) => label)).toEqual(['nav.operation']);
  expect(groupsFor([])).toEqual([]);
});
