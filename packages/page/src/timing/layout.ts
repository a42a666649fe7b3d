/** Where a bar's parts and marks lie in a row of the waterfall, and how dense a stretch of time is. Pure. */
import type { Bar, BarPart } from './rows.ts';
import { type TimeWindow, widthOf } from './zoom.ts';

export const ROW_PX = 28;
/** What is shorter than this could not be seen or hit. */
export const LEAST_BAR_PX = 2;

export type Tone = 'wait' | 'run' | 'failed' | 'spared';

export interface PlacedPart {
  part: BarPart;
  leftPx: number;
  widthPx: number;
  tone: Tone;
}

export type MarkKind = 'try' | 'fallback' | 'failed' | 'spared';

export interface Mark {
  kind: MarkKind;
  atPx: number;
  part: BarPart;
}

function toneOf({ what, outcome }: BarPart): Tone {
  if (what === 'wait') return 'wait';
  if (outcome === 'error' || outcome === 'cancelled' || outcome === 'lost') return 'failed';
  return outcome === 'not_asked' ? 'spared' : 'run';
}

/** Parts that lie outside of the window are left out; those that cross its border are cut. */
export function placeParts(bar: Bar, shown: TimeWindow, widthPx: number, nowMs: number): PlacedPart[] {
  const scale = widthPx / widthOf(shown);
  const placed: PlacedPart[] = [];
  for (const part of bar.parts) {
    const endMs = part.toMs ?? Math.max(nowMs, part.fromMs);
    if (endMs < shown.fromMs || part.fromMs > shown.toMs) continue;
    const left = Math.max(0, (part.fromMs - shown.fromMs) * scale);
    const right = Math.min(widthPx, (endMs - shown.fromMs) * scale);
    const width = Math.max(LEAST_BAR_PX, right - left);
    placed.push({ part, leftPx: Math.min(left, widthPx - width), widthPx: width, tone: toneOf(part) });
  }
  return placed;
}

/** A try after the first, a provider after the first, and what failed or was not asked. */
export function marksOf(bar: Bar, shown: TimeWindow, widthPx: number): Mark[] {
  const scale = widthPx / widthOf(shown);
  const marks: Mark[] = [];
  for (const part of bar.parts) {
    if (part.fromMs < shown.fromMs || part.fromMs > shown.toMs) continue;
    const atPx = (part.fromMs - shown.fromMs) * scale;
    const kind = markOf(part);
    if (kind) marks.push({ kind, atPx, part });
  }
  return marks;
}

function markOf(part: BarPart): MarkKind | null {
  const tone = toneOf(part);
  if (tone === 'spared' || tone === 'failed') return tone;
  if (part.what === 'wait') return null;
  if (part.link > 0) return 'fallback';
  return part.round > 0 ? 'try' : null;
}

export interface Density {
  /** How many ran and how many waited at once, at the most, in each bucket. */
  run: Float32Array;
  wait: Float32Array;
  most: number;
}

/** For the minimap: how much ran and waited in each of so many equal stretches of the whole. */
export function densityOf(bars: readonly Bar[], whole: TimeWindow, buckets: number, nowMs: number): Density {
  const steps = { run: new Float32Array(buckets + 1), wait: new Float32Array(buckets + 1) };
  const scale = buckets / widthOf(whole);
  const bucketOf = (ms: number) =>
    Math.min(buckets - 1, Math.max(0, Math.floor((ms - whole.fromMs) * scale)));
  for (const { parts } of bars)
    for (const { what, fromMs, toMs } of parts) {
      const first = bucketOf(fromMs);
      const after = bucketOf(toMs ?? nowMs) + 1;
      steps[what][first] = (steps[what][first] ?? 0) + 1;
      steps[what][after] = (steps[what][after] ?? 0) - 1;
    }
  const sum = (from: Float32Array) => {
    const all = new Float32Array(buckets);
    let now = 0;
    for (let at = 0; at < buckets; at++) {
      now += from[at] ?? 0;
      all[at] = now;
    }
    return all;
  };
  const [run, wait] = [sum(steps.run), sum(steps.wait)];
  let most = 1;
  for (let at = 0; at < buckets; at++) most = Math.max(most, (run[at] ?? 0) + (wait[at] ?? 0));
  return { run, wait, most };
}
