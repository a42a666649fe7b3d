/** The part of the time that a waterfall shows: zooming, moving, brushing, and the ticks on it. Pure. */

/** UTC epoch, milliseconds. */
export interface TimeWindow {
  fromMs: number;
  toMs: number;
}

/** Closer than this, bars say nothing that their figures do not. */
const LEAST_MS = 20;
/** One press of a key, or one step of a wheel. */
export const ZOOM_STEP = 1.5;

export function widthOf({ fromMs, toMs }: TimeWindow): number {
  return toMs - fromMs;
}

/** Everything that is shown, with a little room for a bar of no length at its end. */
export function wholeOf(bars: readonly { fromMs: number; toMs: number | null }[], nowMs: number): TimeWindow {
  if (bars.length === 0) return { fromMs: nowMs - LEAST_MS, toMs: nowMs };
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = 0;
  for (const bar of bars) {
    fromMs = Math.min(fromMs, bar.fromMs);
    toMs = Math.max(toMs, bar.toMs ?? nowMs, bar.fromMs);
  }
  return { fromMs, toMs: Math.max(toMs, fromMs + LEAST_MS) };
}

/** Lies within the whole, is no narrower than can be shown, and no wider than the whole. */
export function within(wanted: TimeWindow, whole: TimeWindow): TimeWindow {
  const most = widthOf(whole);
  const width = Math.min(Math.max(widthOf(wanted), Math.min(LEAST_MS, most)), most);
  const fromMs = Math.min(Math.max(wanted.fromMs, whole.fromMs), whole.toMs - width);
  return { fromMs, toMs: fromMs + width };
}

/** @param at what stays at its place, as a share of the width */
export function zoomed(now: TimeWindow, whole: TimeWindow, factor: number, at = 0.5): TimeWindow {
  const width = widthOf(now) / factor;
  const fixedMs = now.fromMs + at * widthOf(now);
  const clamped = Math.min(Math.max(width, Math.min(LEAST_MS, widthOf(whole))), widthOf(whole));
  return within({ fromMs: fixedMs - at * clamped, toMs: fixedMs + (1 - at) * clamped }, whole);
}

/** @param share of the width, to the right if it is positive */
export function moved(now: TimeWindow, whole: TimeWindow, share: number): TimeWindow {
  const byMs = share * widthOf(now);
  return within({ fromMs: now.fromMs + byMs, toMs: now.toMs + byMs }, whole);
}

/** What was brushed, from either side, as shares of a window. @returns null for a click */
export function brushed(of: TimeWindow, whole: TimeWindow, a: number, b: number): TimeWindow | null {
  const [from, to] = [Math.max(0, Math.min(a, b)), Math.min(1, Math.max(a, b))];
  if (to - from < 0.005) return null;
  return within({ fromMs: of.fromMs + from * widthOf(of), toMs: of.fromMs + to * widthOf(of) }, whole);
}

/** Brings something into the window without changing its width, where that is possible. */
export function revealing(now: TimeWindow, whole: TimeWindow, fromMs: number, toMs: number): TimeWindow {
  if (toMs >= now.fromMs && fromMs <= now.toMs) return now;
  const width = widthOf(now);
  const start = fromMs + Math.min(toMs - fromMs, width) / 2 - width / 2;
  return within({ fromMs: start, toMs: start + width }, whole);
}

export interface Tick {
  share: number;
  /** Since the whole began. */
  ms: number;
}

/** @param parts between the marks */
export function ticksOf(now: TimeWindow, whole: TimeWindow, parts = 4): Tick[] {
  return Array.from({ length: parts + 1 }, (_, at) => {
    const share = at / parts;
    return { share, ms: now.fromMs + share * widthOf(now) - whole.fromMs };
  });
}
