import { describe, expect, it } from 'vitest';
import type { Route } from '../api/types';
import {
  cityKey,
  nextSort,
  parseRouteSearch,
  routeOrder,
  routePlace,
  sortRoutes,
  wholeAmount,
} from './routes';

function route(city: string, part: Partial<Route> = {}): Route {
  return {
    city_key: city,
    city_name: city,
    carrier_code: 'envia',
    shipments: 10,
    delivered: 5,
    returned: 5,
    rate: 50,
    likely_rate: 60,
    light: 'red',
    days: 3,
    low_rate: 50,
    high_rate: 70,
    carrier_rate: 65,
    to_block: false,
    paused: false,
    collected: { amount: 0, currency: 'COP' },
    freight: { amount: 0, currency: 'COP' },
    return_cost: { amount: 0, currency: 'COP' },
    loss: { amount: 0, currency: 'COP' },
    known: { collected: 5, freight: 10, return_cost: 5 },
    past: null,
    ...part,
  };
}

const names = (routes: Route[]) => routes.map(({ city_name }) => city_name).join(' ');

describe('order of routes', () => {
  const routes = [
    route('Cali', { rate: 90, light: 'green' }),
    route('Ábrego', { rate: null, light: 'grey' }),
    route('Bogotá', { rate: 70, light: 'amber' }),
  ];

  it('puts what is not known last, both ways', () => {
    expect(names(sortRoutes(routes, { by: 'rate', descending: false }))).toBe('Bogotá Cali Ábrego');
    expect(names(sortRoutes(routes, { by: 'rate', descending: true }))).toBe('Cali Bogotá Ábrego');
  });

  it('sorts names without regard to accents, and lights from the worst', () => {
    expect(names(sortRoutes(routes, routeOrder('city')))).toBe('Ábrego Bogotá Cali');
    expect(names(sortRoutes(routes, routeOrder('light')))).toBe('Bogotá Cali Ábrego');
  });

  it('keeps the order of the server between equals', () => {
    expect(names(sortRoutes(routes, routeOrder(undefined)))).toBe('Cali Ábrego Bogotá');
  });

  it('turns around on the second press', () => {
    expect(nextSort(routeOrder(undefined), 'ended')).toBe('ended');
    expect(nextSort(routeOrder(undefined), 'rate')).toBe('-rate');
    expect(nextSort(routeOrder('-rate'), 'rate')).toBe('rate');
    expect(nextSort(routeOrder('-rate'), 'city')).toBe('city');
  });
});

describe('address of the page', () => {
  it('keeps what is valid', () => {
    const raw = { city: ' Cali ', carrier: 'tcc', light: 'red', sort: '-days', other: 'x' };
    expect(parseRouteSearch(raw)).toEqual({
      city: 'Cali',
      carrier: 'tcc',
      light: 'red',
      sort: '-days',
    });
    expect(parseRouteSearch({ city: 7, light: 'blue', sort: 'toString' })).toEqual({});
    expect(parseRouteSearch({ view: 'grid', block: 'only' })).toEqual({
      view: 'grid',
      block: 'only',
    });
    expect(parseRouteSearch({ view: 'list', block: 'no' })).toEqual({});
  });
});

describe('cities', () => {
  const cities = [
    { name: 'La Unión', department: 'Nariño', dane_code: '52399' },
    { name: 'Vereda X', department: null, dane_code: null },
  ];

  it('are found by what people write', () => {
    expect(cityKey(cities, 'la union, nariño')).toBe('52399');
    expect(cityKey(cities, 'La Unión')).toBe('52399');
    expect(cityKey(cities, 'Vereda X')).toBe('VEREDA X');
  });

  it('are named so that shipments can be filtered by them', () => {
    expect(routePlace(cities, route('La Unión', { city_key: '52399' }))).toBe('La Unión, Nariño');
    expect(routePlace(cities, route('Otra'))).toBe('Otra');
  });
});

it('reads amounts as people write them', () => {
  expect(['85.000', '$ 85,000', '85000'].map(wholeAmount)).toEqual([85000, 85000, 85000]);
  expect(wholeAmount('  ')).toBeUndefined();
  expect(['ochenta', '-5', '1e9'].map(wholeAmount)).toEqual([null, null, null]);
});
