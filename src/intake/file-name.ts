/**
 * What a recording's name says: when it was made, by which microphone, in which encoding.
 *
 * Omi's app writes `audio_{device}_{codec}_{rate}_{channel}_fs{frame}_{start}.bin` (wal.dart, getFileName); its
 * server reads the time between the last `_` and the last `.`, in seconds, with decimals, or in milliseconds.
 * WAV and Ogg files may be named the same way, or get their start from the request.
 */
import type { AudioHint } from '../audio/decode.ts';
import type { ErrorCode } from '../errors.ts';
import { dateInName } from './date-in-name.ts';

export interface NameClaim {
  microphone: string;
  codec: AudioHint | null;
  /** null when the name tells no believable time; then `verdict` says why. */
  startedAtMs: number | null;
  verdict: ErrorCode | null;
  /** The time was read from a date in the name, by the clock on the wall. */
  isDated: boolean;
}

const LEGAL_FRAME_SAMPLES = new Set([40, 80, 160, 320, 640, 960, 1280, 1920]);
const DEFAULT_FRAME_SAMPLES = 160;
/** Omi's own bound: no device of its kind existed before. A clock that was never set starts at 1970 or 2000. */
const EARLIEST_MS = Date.UTC(2024, 0, 1);
/** SYNC_CAPTURE_MAX_FUTURE_SKEW_SECONDS: clocks run ahead by minutes, not more. */
const FUTURE_SKEW_MS = 300_000;
/** 1e10 s is the year 2286: what is larger counts milliseconds. */
const LARGEST_SECONDS = 1e10;

const EXTENSIONS = new Set(['bin', 'wav', 'wave', 'ogg', 'oga', 'opus']);

export function readFileName(name: string, nowMs: number, timeZone = 'UTC'): NameClaim {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const claim = {
    microphone: /^audio_([a-z0-9]+)_/i.exec(name)?.[1]?.toLowerCase() ?? 'unknown',
    codec: extension === 'bin' ? readCodec(name) : null,
    startedAtMs: null,
    isDated: false,
  };
  if (/[/\\]/.test(name)) return { ...claim, verdict: 'name_with_path' };
  if (!EXTENSIONS.has(extension)) return { ...claim, verdict: 'name_not_a_recording' };
  const dated = dateInName(name, timeZone);
  const counted = readStart(name);
  // A name with a date ends in digits too, which are no count of seconds since 1970.
  const isDated = dated !== null && (counted === null || judgeStart(counted, nowMs) !== null);
  const startedAtMs = isDated ? dated : counted;
  if (startedAtMs === null) return { ...claim, verdict: 'name_without_time' };
  const verdict = judgeStart(startedAtMs, nowMs);
  return verdict ? { ...claim, verdict } : { ...claim, startedAtMs, verdict: null, isDated };
}

/** Is this a time at which a recording can have been made? */
export function judgeStart(startedAtMs: number, nowMs: number): ErrorCode | null {
  if (startedAtMs > nowMs + FUTURE_SKEW_MS) return 'clock_in_future';
  if (startedAtMs < EARLIEST_MS) return 'clock_too_old';
  return null;
}

function readStart(name: string): number | null {
  const text = name.slice(name.lastIndexOf('_') + 1, name.lastIndexOf('.'));
  if (!name.includes('_') || !/^\d{1,16}(\.\d{1,9})?$/.test(text)) return null;
  const value = Number(text);
  return Math.round(value > LARGEST_SECONDS ? value : value * 1000);
}

/** Everything that is not said to be PCM is Opus, 16 kHz mono, as Omi's server has it. */
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
  const frame = Number(/_fs(\d+)/.exec(name)?.[1] ?? DEFAULT_FRAME_SAMPLES);
  return {
    codec: 'opus',
    sampleRateHz: 16_000,
    frameSamples: LEGAL_FRAME_SAMPLES.has(frame) ? frame : DEFAULT_FRAME_SAMPLES,
  };
}
