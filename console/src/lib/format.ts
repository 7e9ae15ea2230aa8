import type { Money } from '../api/types';

export type Locale = 'es' | 'en';

export const TIME_ZONE = 'America/Bogota';

const MONTHS: Record<Locale, readonly string[]> = {
  es: ['ene', 'feb', 'mar', 'abr', 'may', 'jun', 'jul', 'ago', 'sep', 'oct', 'nov', 'dic'],
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
};
const WEEKDAYS: Record<Locale, readonly string[]> = {
  es: ['domingo', 'lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado'],
  en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
};
const TODAY: Record<Locale, string> = { es: 'hoy', en: 'today' };
const YESTERDAY: Record<Locale, string> = { es: 'ayer', en: 'yesterday' };
const GROUP: Record<Locale, string> = { es: '.', en: ',' };
const DECIMAL: Record<Locale, string> = { es: ',', en: '.' };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function formatNumber(value: number, locale: Locale): string {
  const digits = String(Math.abs(Math.trunc(value))).replace(/\B(?=(\d{3})+$)/g, GROUP[locale]);
  return value < 0 ? `-${digits}` : digits;
}

/** With one decimal where it is not zero: `80,5`, `3`. */
export function formatDecimal(value: number, locale: Locale): string {
  const [whole = '', tenths = '0'] = Math.abs(value).toFixed(1).split('.');
  const units = formatNumber(Number(whole), locale);
  const text = tenths === '0' ? units : `${units}${DECIMAL[locale]}${tenths}`;
  return value < 0 ? `-${text}` : text;
}

/** `$ 85.000` for pesos; other currencies carry their code instead of the sign. */
export function formatMoney(money: Money, locale: Locale): string {
  const sign = money.currency === 'COP' ? '$' : money.currency;
  return `${sign}\u00A0${formatNumber(money.amount, locale)}`;
}

/** `+573001234567` as people read it, `300 123 4567`; masked and foreign numbers stay as they are. */
export function formatPhone(phone: string): string {
  const [, ...groups] = /^\+57(\d{3})(\d{3})(\d{4})$/.exec(phone) ?? [];
  return groups.length > 0 ? groups.join('\u00A0') : phone;
}

export function formatBytes(bytes: number, locale: Locale): string {
  if (bytes < 1024) return `${bytes} B`;
  const inKb = bytes / 1024;
  const [value, unit] = inKb < 1024 ? [inKb, 'KB'] : [inKb / 1024, 'MB'];
  const text = value < 10 ? value.toFixed(1) : value.toFixed(0);
  return `${text.replace('.', DECIMAL[locale])} ${unit}`;
}

interface BogotaTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const partsFormat = new Intl.DateTimeFormat('en-US', {
  timeZone: TIME_ZONE,
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  hourCycle: 'h23',
});

function bogotaTime(date: Date): BogotaTime {
  const time: BogotaTime = { year: 0, month: 0, day: 0, hour: 0, minute: 0 };
  for (const { type, value } of partsFormat.formatToParts(date)) {
    if (type in time) time[type as keyof BogotaTime] = Number(value);
  }
  return time;
}

/** Days since 1970 of the calendar day in Bogota; equal for two times of the same day there. */
export function bogotaDay(iso: string): number {
  const { year, month, day } = bogotaTime(new Date(iso));
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

export function formatTime(iso: string, locale: Locale): string {
  const { hour, minute } = bogotaTime(new Date(iso));
  const half = hour < 12 ? ['a.\u00A0m.', 'a.m.'] : ['p.\u00A0m.', 'p.m.'];
  const suffix = locale === 'es' ? half[0] : half[1];
  return `${hour % 12 || 12}:${String(minute).padStart(2, '0')}\u00A0${suffix}`;
}

function calendarDay(iso: string, now: Date, locale: Locale): string {
  const { year, month, day } = bogotaTime(new Date(iso));
  const text = `${day}\u00A0${MONTHS[locale][month - 1]}`;
  return year === bogotaTime(now).year ? text : `${text} ${year}`;
}

function relativeDay(iso: string, now: Date, locale: Locale): string | null {
  const distance = bogotaDay(now.toISOString()) - bogotaDay(iso);
  if (distance === 0) return TODAY[locale];
  return distance === 1 ? YESTERDAY[locale] : null;
}

/** A calendar day as `2026-03-05`: `hoy`, `ayer` or `5 mar`. */
export function formatShortDay(day: string, now: Date, locale: Locale): string {
  const noon = `${day}T12:00:00-05:00`;
  return relativeDay(noon, now, locale) ?? calendarDay(noon, now, locale);
}

/** `5 mar, 8:10 a. m.`; the year appears only when it is not this year. */
export function formatExact(iso: string, now: Date, locale: Locale): string {
  return `${calendarDay(iso, now, locale)}, ${formatTime(iso, locale)}`;
}

/** `hoy, 8:10 a. m.`, `ayer, 8:10 a. m.` or the exact form. */
export function formatWhen(iso: string, now: Date, locale: Locale): string {
  const day = relativeDay(iso, now, locale) ?? calendarDay(iso, now, locale);
  return `${day}, ${formatTime(iso, locale)}`;
}

/** A day without a time, from `2026-03-25`: `miércoles 25 mar`; its year where it is not this one. */
export function formatDay(day: string, locale: Locale, now = new Date()): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const weekday = WEEKDAYS[locale][new Date(Date.UTC(year, month - 1, date)).getUTCDay()] ?? '';
  const text = `${weekday} ${date}\u00A0${MONTHS[locale][month - 1] ?? ''}`;
  return year === bogotaTime(now).year ? text : `${text} ${year}`;
}

/** Heading of a day in the timeline: `hoy · jueves 5 mar`. */
export function formatDayHeading(iso: string, now: Date, locale: Locale): string {
  const weekday = WEEKDAYS[locale][new Date(bogotaDay(iso) * DAY_MS).getUTCDay()] ?? '';
  const named = `${weekday} ${calendarDay(iso, now, locale)}`;
  const relative = relativeDay(iso, now, locale);
  return relative ? `${relative} · ${named}` : named;
}

/** Length of a silence: `3 d 4 h`, `5 h`, `12 min`. */
export function formatSpan(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  const days = Math.floor(span / DAY_MS);
  const hours = Math.floor((span % DAY_MS) / HOUR_MS);
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return `${hours} h`;
  return `${Math.floor(span / MINUTE_MS)} min`;
}

/** Age of a reading with seconds for fresh ones: `8 s`, `3 min`. */
export function formatAge(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  return span < MINUTE_MS ? `${Math.floor(span / 1000)} s` : formatSpan(span);
}

export function elapsedSince(iso: string, now: Date): number {
  return now.getTime() - new Date(iso).getTime();
}
