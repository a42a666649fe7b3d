/** Writes times, durations and numbers as the language does, in the time zone of the person. */
import { useSyncExternalStore } from 'react';
import { differsFromHere } from './here.ts';
import { once } from './once.ts';
import { createStore } from './store.ts';
import { useLanguage } from './words.ts';

/** That of the browser until the server has told the person's. */
export const timeZone = createStore<string>(Intl.DateTimeFormat().resolvedOptions().timeZone);

export interface Format {
  locale: string;
  timeZone: string;
  /** 14:05 */
  time(ms: number): string;
  /** 14:05:09 */
  timeWithSeconds(ms: number): string;
  /** When something is expected: with seconds where it is close, with the day where it is another one. */
  soon(ms: number): string;
  /** Friday, 20 March 2026; the year only where it is another one than now. */
  day(ms: number): string;
  /** 20 Mar 2026 */
  date(ms: number): string;
  /** 20 Mar 2026, 14:05; with its zone where that has another time than this device. */
  dateTime(ms: number): string;
  /** 1:02:09 or 2:09, of sound. */
  clock(ms: number): string;
  /** 1h 2m, 2m 9s, 0.4s: of waiting and working. */
  duration(ms: number): string;
  /** The same on an axis whose marks lie so far apart, so that no two of them read the same. */
  tick(ms: number, stepMs: number): string;
  count(value: number): string;
  /** 3.4 MB */
  bytes(value: number): string;
  percent(share: number): string;
  /** in 3 minutes, 2 hours ago */
  relative(ms: number, nowMs: number): string;
  /** 2026-03-20 in the person's time zone: names a day. */
  dayKey(ms: number): string;
}

export function useFormat(): Format {
  const language = useLanguage();
  const zone = useSyncExternalStore(timeZone.subscribe, timeZone.get);
  return formatOf(language, zone);
}

/** One for each language and zone that a person has chosen since the page was loaded. */
const formats = new Map<string, Format>();

/** Each row of a long list asks for the same formatters. */
function formatOf(language: string, zone: string): Format {
  const name = `${language} ${zone}`;
  const known = formats.get(name);
  if (known) return known;
  const made = createFormat(language, zone);
  formats.set(name, made);
  return made;
}

/** Somebody who looks waits for it. */
const CLOSE_MS = 120_000;

/** British English: its dates read day, month, year, and its clock has 24 hours. */
const LOCALES: Record<string, string> = { en: 'en-GB', de: 'de-DE' };

export function createFormat(language: string, zone: string): Format {
  const locale = LOCALES[language] ?? language;
  const dates = (options: Intl.DateTimeFormatOptions) =>
    once(() => new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options }));
  const time = dates({ hour: '2-digit', minute: '2-digit' });
  const timeWithSeconds = dates({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const dayOfYear = dates({ weekday: 'long', day: 'numeric', month: 'long' });
  const day = dates({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const year = dates({ year: 'numeric' });
  const date = dates({ day: 'numeric', month: 'short', year: 'numeric' });
  const dateTime = dates({
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    // Of a time by another clock than that on the wall it is said whose it is.
    ...(differsFromHere(zone) && { timeZoneName: 'short' }),
  });
  const count = once(() => new Intl.NumberFormat(locale));
  const percent = once(() => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }));
  const relative = once(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  // Making one takes a tenth of a millisecond, and a row of a long list asks for several.
  const units = new Map<string, Intl.NumberFormat>();
  const unit = (
    value: number,
    name: string,
    digits = 0,
    unitDisplay: 'long' | 'short' | 'narrow' = 'narrow',
  ) => {
    const kind = `${name} ${digits} ${unitDisplay}`;
    const known = units.get(kind);
    if (known) return known.format(value);
    const made = new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay,
      maximumFractionDigits: digits,
    });
    units.set(kind, made);
    return made.format(value);
  };
  const key = once(
    () =>
      new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }),
  );
  const duration = (ms: number) => {
    const seconds = ms / 1000;
    if (seconds < 10) return unit(seconds, 'second', 1);
    const whole = Math.round(seconds);
    if (whole < 60) return unit(whole, 'second');
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return join(unit(minutes, 'minute'), whole % 60, (rest) => unit(rest, 'second'));
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return join(unit(hours, 'hour'), minutes % 60, (rest) => unit(rest, 'minute'));
    return join(unit(Math.floor(hours / 24), 'day'), hours % 24, (rest) => unit(rest, 'hour'));
  };
  return {
    locale,
    timeZone: zone,
    time: (ms) => time().format(ms),
    timeWithSeconds: (ms) => timeWithSeconds().format(ms),
    soon(ms) {
      const nowMs = Date.now();
      if (key().format(ms) !== key().format(nowMs)) return dateTime().format(ms);
      return (Math.abs(ms - nowMs) < CLOSE_MS ? timeWithSeconds : time)().format(ms);
    },
    day: (ms) => (year().format(ms) === year().format(Date.now()) ? dayOfYear : day)().format(ms),
    date: (ms) => date().format(ms),
    dateTime: (ms) => dateTime().format(ms),
    clock,
    duration,
    tick(ms, stepMs) {
      if (stepMs >= 1000 || ms >= 60_000) return duration(ms);
      return unit(ms / 1000, 'second', Math.min(3, Math.ceil(Math.log10(1000 / stepMs))));
    },
    count: (value) => count().format(value),
    bytes(value) {
      const names = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
      const step = Math.min(Math.max(Math.floor(Math.log10(Math.max(value, 1)) / 3), 0), names.length - 1);
      const scaled = value / 1000 ** step;
      return unit(
        scaled,
        names[step] ?? 'byte',
        scaled < 10 && step > 0 ? 1 : 0,
        step === 0 ? 'long' : 'short',
      );
    },
    percent: (share) => percent().format(share),
    relative(ms, nowMs) {
      const seconds = (ms - nowMs) / 1000;
      const far = Math.abs(seconds);
      if (far < 60) return relative().format(Math.round(seconds), 'second');
      if (far < 3600) return relative().format(Math.round(seconds / 60), 'minute');
      if (far < 86_400) return relative().format(Math.round(seconds / 3600), 'hour');
      return relative().format(Math.round(seconds / 86_400), 'day');
    },
    dayKey: (ms) => key().format(ms),
  };
}

function join(first: string, rest: number, write: (rest: number) => string): string {
  return rest === 0 ? first : `${first} ${write(rest)}`;
}

function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}
