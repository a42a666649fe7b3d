import type { Span } from '../voice-activity.ts';

/** Unites spans: a sample is in the result, once, if it is in any of them. The result is in order, without empty spans. */
export function united(spans: readonly Span[]): Span[] {
  const apart: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.startSample - b.startSample)) {
    const last = apart.at(-1);
    if (span.endSample <= span.startSample) continue;
    if (last && span.startSample <= last.endSample) last.endSample = Math.max(last.endSample, span.endSample);
    else apart.push({ ...span });
  }
  return apart;
}

/** Keeps the parts of the spans that lie between two positions. */
export function clipped(spans: readonly Span[], from: number, to: number): Span[] {
  return spans
    .map((span) => ({
      startSample: Math.max(span.startSample, from),
      endSample: Math.min(span.endSample, to),
    }))
    .filter((span) => span.endSample > span.startSample);
}
