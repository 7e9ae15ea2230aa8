import { describe, expect, it, test } from 'vitest';
import {
  bogotaDay,
  formatAge,
  formatBytes,
  formatDay,
  formatDayHeading,
  formatDecimal,
  formatExact,
  formatMoney,
  formatNumber,
  formatPhone,
  formatSpan,
  formatTime,
  formatWhen,
} from './format';

const HOUR = 3_600_000;
const plain = (text: string) => text.replaceAll('\u00A0', ' ');
// 5 March 2026, 9:00 in Bogota.
const now = new Date('2026-03-05T14:00:00Z');

test('one decimal where it is not zero', () => {
  expect([80.5, 70, 1234.56, -0.26].map((value) => formatDecimal(value, 'es'))).toEqual([
    '80,5',
    '70',
    '1.234,6',
    '-0,3',
  ]);
});

test('phones in groups', () => {
  expect(plain(formatPhone('+573001234567'))).toBe('300 123 4567');
  expect(formatPhone('300***567')).toBe('300***567');
  expect(formatPhone('+593987654321')).toBe('+593987654321');
});

describe('numbers', () => {
  it('groups thousands, also of four digits', () => {
    expect(formatNumber(1234, 'es')).toBe('1.234');
    expect(formatNumber(1_000_000, 'es')).toBe('1.000.000');
    expect(formatNumber(-85_000, 'es')).toBe('-85.000');
    expect(formatNumber(999, 'es')).toBe('999');
    expect(formatNumber(1234, 'en')).toBe('1,234');
  });

  it('writes pesos with a sign and other currencies with their code', () => {
    expect(plain(formatMoney({ amount: 85_000, currency: 'COP' }, 'es'))).toBe('$ 85.000');
    expect(plain(formatMoney({ amount: 12, currency: 'USD' }, 'es'))).toBe('USD 12');
  });

  it('writes sizes with the decimal sign of the language', () => {
    expect(formatBytes(512, 'es')).toBe('512 B');
    expect(formatBytes(1536, 'es')).toBe('1,5 KB');
    expect(formatBytes(10 * 1024 * 1024, 'es')).toBe('10 MB');
    expect(formatBytes(1536, 'en')).toBe('1.5 KB');
  });
});

describe('times', () => {
  it('are in Bogota', () => {
    expect(plain(formatTime('2026-03-05T13:10:00Z', 'es'))).toBe('8:10 a. m.');
    expect(plain(formatTime('2026-03-05T17:00:00Z', 'es'))).toBe('12:00 p. m.');
    expect(plain(formatTime('2026-03-05T05:05:00Z', 'es'))).toBe('12:05 a. m.');
    expect(plain(formatTime('2026-03-06T01:30:00Z', 'en'))).toBe('8:30 p.m.');
  });

  it('say today and yesterday by the calendar of Bogota', () => {
    expect(plain(formatWhen('2026-03-05T13:10:00Z', now, 'es'))).toBe('hoy, 8:10 a. m.');
    // 11 at night of the 4th there, although UTC says the 5th.
    expect(plain(formatWhen('2026-03-05T04:00:00Z', now, 'es'))).toBe('ayer, 11:00 p. m.');
    expect(plain(formatWhen('2026-03-01T13:10:00Z', now, 'es'))).toBe('1 mar, 8:10 a. m.');
  });

  it('name the year only when it is another one', () => {
    expect(plain(formatExact('2026-03-05T13:10:00Z', now, 'es'))).toBe('5 mar, 8:10 a. m.');
    expect(plain(formatExact('2025-12-31T13:10:00Z', now, 'es'))).toBe('31 dic 2025, 8:10 a. m.');
  });

  it('head the days of the timeline', () => {
    expect(plain(formatDayHeading('2026-03-05T13:10:00Z', now, 'es'))).toBe('hoy · jueves 5 mar');
    expect(plain(formatDayHeading('2026-03-02T13:10:00Z', now, 'es'))).toBe('lunes 2 mar');
  });

  it('count days by the calendar of Bogota', () => {
    expect(bogotaDay('2026-03-05T04:59:00Z')).toBe(bogotaDay('2026-03-04T12:00:00Z'));
    expect(bogotaDay('2026-03-05T05:00:00Z') - bogotaDay('2026-03-05T04:59:00Z')).toBe(1);
  });
});

describe('spans', () => {
  it('use the two largest units', () => {
    expect(formatSpan(76 * HOUR)).toBe('3 d 4 h');
    expect(formatSpan(48 * HOUR)).toBe('2 d');
    expect(formatSpan(5 * HOUR + 59 * 60_000)).toBe('5 h');
    expect(formatSpan(12 * 60_000)).toBe('12 min');
  });

  it('never run backwards when clocks differ', () => {
    expect(formatSpan(-5000)).toBe('0 min');
    expect(formatAge(-5000)).toBe('0 s');
  });

  it('show seconds for fresh readings', () => {
    expect(formatAge(8_400)).toBe('8 s');
    expect(formatAge(61_000)).toBe('1 min');
  });
});

it('shows a day without a time', () => {
  const now = new Date('2026-03-20T15:00:00Z');
  expect(formatDay('2026-03-25', 'es', now)).toBe('miércoles 25\u00A0mar');
  expect(formatDay('2027-01-04', 'en', now)).toBe('Monday 4\u00A0Jan 2027');
});
