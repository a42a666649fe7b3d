/**
 * Reads what the sender and the file name claim about a file (when it was made, by which microphone, in which
 * encoding), and makes the columns for it. Pure.
 * Omi's app names files `audio_{device}_{codec}_{rate}_{channel}_fs{frame}_{start}.bin` (wal.dart, getFileName); its
 * server reads the time between the last `_` and the last `.`, in seconds, with decimals, or in milliseconds. WAV and
 * Ogg files may be named the same way, or get their start from the request.
 */

import { Temporal } from 'temporal-polyfill';
import type { AudioHint } from '../audio/hint.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { Lane } from '../store/tables/columns.ts';
import { laneOf } from './fair-queue.ts';
import { microphoneOf, wallTimeInWords } from './recorders.ts';

/** The timeline of whoever does not say which phone or gateway they are: a page, a command, a folder that is watched. */
export const NO_DEVICE = 'default';

export interface Sender {
  userId: string;
  /** Identifies the timeline: everything that one phone or gateway sends is on one timeline. */
  deviceId: string;
}

export interface ReceivedFile {
  name: string;
  /** The key of the stored object; none if the file was refused. */
  key?: string;
  sha256: string;
  sizeBytes: number;
  /** The time given by the sender; it overrules the name. */
  startedAtMs: number | null;
  /** When the file was last written, where that is known: it ended then, if its name does not tell when it began. */
  writtenAtMs?: number;
  /** Why its bytes were not stored. Only its name, hash and size are kept. */
  refused?: ErrorCode;
}

/** The sender's time overrules that of the name; both must be plausible. */
export function claimOf(file: ReceivedFile, nowMs: number, timeZone: string, shiftMs = 0): NameClaim {
  if (shiftMs !== 0) return shifted(claimOf(file, nowMs + shiftMs, timeZone), shiftMs);
  const claim = readFileName(file.name, nowMs, timeZone);
  if (file.refused) return { ...claim, startedAtMs: null, verdict: file.refused };
  if (file.sizeBytes === 0) return { ...claim, startedAtMs: null, verdict: 'empty_file' };
  if (file.startedAtMs === null && claim.verdict === 'name_without_time' && file.writtenAtMs !== undefined)
    return byWriting(claim, file.writtenAtMs - roughLengthMs(file), nowMs);
  if (file.startedAtMs === null || claim.verdict === 'name_with_path') return claim;
  const verdict = judgeStatedStart(file.startedAtMs, nowMs);
  return { ...claim, startedAtMs: verdict ? null : file.startedAtMs, verdict, isDated: false };
}

/** Bytes per ms of plain samples at 16 kHz, of what is made for speech, and of what is made for music. */
const RATES: readonly [RegExp, number][] = [
  [/\.(wave?|aiff?|au|caf)$/i, 32],
  [/\.(bin|opus|og[ga]|amr|awb|3gpp?|spx)$/i, 3],
];
const OTHER_RATE = 10;

function roughLengthMs({ name, sizeBytes }: ReceivedFile): number {
  return sizeBytes / (RATES.find(([kind]) => kind.test(name))?.[1] ?? OTHER_RATE);
}

/** A time that only the file's own date tells. */
function byWriting(claim: NameClaim, startedAtMs: number, nowMs: number): NameClaim {
  if (judgeStart(startedAtMs, nowMs) !== null) return claim;
  return { ...claim, startedAtMs: Math.round(startedAtMs), verdict: null, isDated: false, isByWriting: true };
}

/** A time by a clock that is ahead. It is not known better than by when it arrived, so it goes to the lane of old ones. */
function shifted(claim: NameClaim, shiftMs: number): NameClaim {
  if (claim.startedAtMs === null) return claim;
  const startedAtMs = claim.startedAtMs - shiftMs;
  const verdict = startedAtMs < EARLIEST_MS ? 'clock_too_old' : null;
  return { ...claim, startedAtMs: verdict ? null : startedAtMs, verdict, shiftMs };
}

export function claimColumns(claim: NameClaim, nowMs: number) {
  const code = claim.verdict ?? 'queued';
  return {
    microphone: claim.microphone,
    codec: claim.codec && JSON.stringify(claim.codec),
    started_at_ms: claim.startedAtMs,
    lane: laneOfClaim(claim, nowMs),
    outcome: claim.verdict ? ('rejected' as const) : ('waiting' as const),
    code,
    reason: ERRORS[code].title,
    retryable: ERRORS[code].retryable,
    finished_at_ms: claim.verdict ? nowMs : null,
  };
}

export function laneOfClaim({ startedAtMs, shiftMs }: NameClaim, nowMs: number): Lane {
  if (startedAtMs === null) return 'fresh';
  return shiftMs === undefined ? laneOf(startedAtMs, nowMs) : 'backfill';
}

export interface NameClaim {
  microphone: string;
  codec: AudioHint | null;
  /** null if the name has no plausible time; then `verdict` says why. */
  startedAtMs: number | null;
  verdict: ErrorCode | null;
  /** The time was read from a date in the name, in local time. */
  isDated: boolean;
  /** How far the recorder's clock was ahead; `startedAtMs` is without that. */
  shiftMs?: number;
  /** The time is that of the file. */
  isByWriting?: boolean;
}

const LEGAL_FRAME_SAMPLES = new Set([40, 80, 160, 320, 640, 960, 1280, 1920]);
const DEFAULT_FRAME_SAMPLES = 160;
/** Omi's own bound: no device of its kind existed before. A clock that was never set starts at 1970 or 2000. */
const EARLIEST_MS = Date.UTC(2024, 0, 1);
/** Whoever states a time knows it better than a clock, and has older memos; this is what a clock states that was never set. */
const EARLIEST_STATED_MS = Date.UTC(2000, 0, 2);
/** SYNC_CAPTURE_MAX_FUTURE_SKEW_SECONDS: clocks run ahead by minutes at most. */
export const FUTURE_SKEW_MS = 300_000;
/** 1e10 s is the year 2286, so a larger number counts milliseconds. */
const LARGEST_SECONDS = 1e10;

/** What recorders call their files. What is in them is found out from their bytes, whatever they are called. */
const EXTENSIONS = new Set(
  (
    'bin wav wave rf64 bwf w64 ogg oga opus spx mp3 mp2 mp1 mpga flac m4a m4b m4r qta mp4 m4v mov aac adts ac3 webm weba mka mkv ' +
    'caf aif aiff aifc au snd amr awb gsm 3gp 3gpp 3g2 wma wmv asf wv tta avi mpg mpeg mts m2ts flv ' +
    // They are refused by what they hold, and the receipt names their format.
    'dss ds2 dvf msv ape voc'
  ).split(' '),
);

export function readFileName(name: string, nowMs: number, timeZone = 'UTC'): NameClaim {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const claim = {
    microphone: microphoneOf(name),
    codec: extension === 'bin' ? readCodec(name) : null,
    startedAtMs: null,
    isDated: false,
  };
  if (/[/\\]/.test(name)) return { ...claim, verdict: 'name_with_path' };
  if (!EXTENSIONS.has(extension)) return { ...claim, verdict: 'name_not_a_recording' };
  const dated = dateInName(name, nowMs, timeZone);
  const counted = readStart(name, extension);
  // A name with a date ends in digits too, which are not seconds since 1970.
  const isDated = dated !== null && (counted === null || judgeStart(counted, nowMs) !== null);
  const startedAtMs = isDated ? dated : counted;
  if (startedAtMs === null) return { ...claim, verdict: 'name_without_time' };
  const verdict = judgeStart(startedAtMs, nowMs);
  return verdict ? { ...claim, verdict } : { ...claim, startedAtMs, verdict: null, isDated };
}

/** Says whether a recording can have been made at this time, by a clock. */
function judgeStart(startedAtMs: number, nowMs: number): ErrorCode | null {
  return judge(startedAtMs, nowMs, EARLIEST_MS);
}

/** Says whether somebody may say that a recording was made at this time. */
export function judgeStatedStart(startedAtMs: number, nowMs: number): ErrorCode | null {
  return judge(startedAtMs, nowMs, EARLIEST_STATED_MS);
}

function judge(startedAtMs: number, nowMs: number, earliestMs: number): ErrorCode | null {
  if (startedAtMs > nowMs + FUTURE_SKEW_MS) return 'clock_in_future';
  if (startedAtMs < earliestMs) return 'clock_too_old';
  return null;
}

/** Only Omi's app counts from 1970 in a name whatever its clock says: other recorders number their files, as `REC_0001.WAV`. */
function readStart(name: string, extension: string): number | null {
  const text = name.slice(name.lastIndexOf('_') + 1, name.lastIndexOf('.'));
  if (!name.includes('_') || !/^\d{1,16}(\.\d{1,9})?$/.test(text)) return null;
  if (extension !== 'bin' && !/^\d{10}/.test(text)) return null;
  const value = Number(text);
  return Math.round(value > LARGEST_SECONDS ? value : value * 1000);
}

/** Everything not marked as PCM is Opus, 16 kHz mono, as on Omi's server. */
function readCodec(name: string): AudioHint {
  const pcm = /_(pcm8|pcm16)_(?:(\d+)_)?/.exec(name);
  if (pcm) {
    const codec = pcm[1] === 'pcm8' ? 'pcm8' : 'pcm16';
    const rate = Number(pcm[2] ?? (codec === 'pcm8' ? 8000 : 16_000));
    const legal = rate >= 8000 && rate <= 48_000;
    return {
      codec,
      sampleRateHz: legal ? rate : codec === 'pcm8' ? 8000 : 16_000,
      frameSamples: DEFAULT_FRAME_SAMPLES,
    };
  }
  // `opus_fs320` and the field `fs320` match alike; the first one counts.
  const unread = /_(lc3|aac)(?:_|$)/i.exec(name)?.[1]?.toUpperCase();
  const frame = Number(/_fs(\d+)/.exec(name)?.[1] ?? DEFAULT_FRAME_SAMPLES);
  return {
    codec: 'opus',
    sampleRateHz: 16_000,
    frameSamples: LEGAL_FRAME_SAMPLES.has(frame) ? frame : DEFAULT_FRAME_SAMPLES,
    ...(unread === 'LC3' || unread === 'AAC' ? { frames: unread } : {}),
  };
}

/**
 * Matches year, month and day, then hours, minutes and perhaps seconds, with or without separators. A year of two
 * digits needs a separator behind its date; otherwise a count of seconds could match.
 */
const DATED =
  /(?<!\d)(20\d\d|\d\d(?=\D?\d\d\D?\d\d\D))([-_.]?)(\d\d)\2(\d\d)[-_ .T]{0,3}(?:at )?(\d\d)([-_.:hH]?)(\d\d)(?:\6(\d\d))?(?!\d)/i;

/**
 * Reads times that recorders write into names: `REC_20260320_101500.wav`, `260320_1015.wav`, `2026-03-20 10.15.00.ogg`.
 * They are local time, so a time zone is needed.
 * @returns null if the name has no date, or an impossible one
 */
function dateInName(name: string, nowMs: number, timeZone: string): number | null {
  const stem = name.slice(0, name.lastIndexOf('.'));
  const inWords = wallTimeInWords(stem, nowMs);
  if (inWords) return atWall(inWords, timeZone);
  const match = DATED.exec(stem);
  if (!match) return null;
  const [, year = '', , month, day, hour, , minute, second = '0'] = match;
  const fullYear = Number(year) + (year.length === 2 ? 2000 : 0);
  const wall = {
    year: fullYear,
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  };
  return atWall(wall, timeZone);
}

function atWall(wall: Temporal.DateTimeLikeObject, timeZone: string): number | null {
  // In the hour that comes twice it is the earlier of the two, and in the hour that clocks leave out the time that it
  // would have been.
  return (
    existing(wall)?.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds ?? null
  );
}

/** There is no 31st of February and no 25 o'clock, and arithmetic would make another time of them. */
function existing(wall: Temporal.DateTimeLikeObject): Temporal.PlainDateTime | null {
  try {
    return Temporal.PlainDateTime.from(wall, { overflow: 'reject' });
  } catch {
    return null;
  }
}
