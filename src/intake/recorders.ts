/**
 * What recorders and phones call their files: which of them made it, and when. Their times are local. Pure.
 * A microphone is named only where the pattern is that of one maker; what two files of one microphone say at the same
 * time counts as one.
 */

interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** The recorders whose names tell them apart, by the beginning or the whole of the name. */
const RECORDERS: readonly { microphone: string; name: RegExp }[] = [
  // audio_omi_opus_fs320_16000_1_fs320_1774000000.bin
  { microphone: '$1', name: /^audio_([a-z0-9]+)_/i },
  // PLAUD_2026-03-20_10-15-00.mp3, Plaud Note 20260320101500.wav
  { microphone: 'plaud', name: /^plaud[-_ ]/i },
  // ZOOM0001.WAV; 260320_101500_Tr1.WAV, 260320_101500_TrLR.WAV
  { microphone: 'zoom', name: /^zoom\d{4}[._]|^\d{6}_\d{6}_tr(\d|lr|mic)\.wav$/i },
  // DJI_01_20260320_101500.WAV, TX01_MIC001_20260320_101500_orig.wav
  { microphone: 'dji', name: /^dji_\d+_\d{8}_\d{6}|^tx\d\d_mic\d+_/i },
  // 260320_1015.mp3, 260320_1015_01.mp3
  { microphone: 'sony', name: /^\d{6}_\d{4}(_\d\d)?\.(mp3|wav)$/i },
];

/** The microphone of an imported file is mostly not known. */
export const UNKNOWN_MICROPHONE = 'unknown';

export function microphoneOf(name: string): string {
  for (const { microphone, name: pattern } of RECORDERS) {
    const found = pattern.exec(name);
    if (found) return microphone === '$1' ? (found[1] ?? '').toLowerCase() : microphone;
  }
  return UNKNOWN_MICROPHONE;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** `2026-03-20 at 1.05.09 PM.m4a`, as desktops and messengers write it. */
const TWELVE_HOURS =
  /(?<!\d)(20\d\d)[-._](\d\d)[-._](\d\d)[ _]+(?:at[ _]+)?(\d{1,2})[-.:_](\d\d)(?:[-.:_](\d\d))?[\s_]*([ap])\.?m(?![a-z])/i;
/** `Mar 20 at 10-15 AM.m4a`, as Google's recorder writes it: without a year it is the latest one that has begun by now. */
const WITH_MONTH =
  /(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ _]+(\d{1,2})(?:,?[ _]+(20\d\d))?[ _]+(?:at[ _]+)?(\d{1,2})[-.:_](\d\d)(?:[-.:_](\d\d))?[\s_]*(?:([ap])\.?m)?(?![a-z\d])/i;

/** A date that is not only digits in their order; null if the name has none. */
export function wallTimeInWords(name: string, nowMs: number): WallTime | null {
  const twelve = TWELVE_HOURS.exec(name);
  if (twelve) {
    const [, year, month, day, hour, minute, second = '0', half = 'a'] = twelve;
    return {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: hourOf(Number(hour), half),
      minute: Number(minute),
      second: Number(second),
    };
  }
  const named = WITH_MONTH.exec(name);
  if (!named) return null;
  const [, word = '', day, year, hour, minute, second = '0', half] = named;
  const month = MONTHS.indexOf(word.toLowerCase()) + 1;
  const time = {
    day: Number(day),
    hour: hourOf(Number(hour), half),
    minute: Number(minute),
    second: Number(second),
  };
  const now = new Date(nowMs);
  // A day of grace, because the person may be ahead of UTC.
  const isToCome = Date.UTC(now.getUTCFullYear(), month - 1, time.day) > nowMs + 86_400_000;
  return { year: year ? Number(year) : now.getUTCFullYear() - (isToCome ? 1 : 0), month, ...time };
}

/** 12 AM is 0 and 12 PM is 12. An hour that no such clock shows stays as it is, and is found impossible or not later. */
function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined || hour > 12) return hour;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}
