import { memo } from 'react';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { barName, stageName } from './names.ts';
import type { Bar } from './rows.ts';

interface DetailsProps {
  bar: Bar | undefined;
  startMs: number;
  nowMs: number;
}

/** The parts of one bar with their figures. */
export const Details = memo(function Details({ bar, startMs, nowMs }: DetailsProps) {
  const { timing: words } = useWords();
  const format = useFormat();
  return (
    <section aria-labelledby="details" className="rounded-lg border border-line bg-raised px-4 py-3 text-sm">
      <h3 id="details" className="font-medium">
        {bar ? barName(words, format, bar) : words.details}
      </h3>
      {bar ? (
        <ol className="mt-1 flex flex-col gap-0.5">
          {bar.parts.map((part) => (
            <li
              key={`${part.fromMs} ${part.stage} ${part.provider} ${part.round} ${part.link}`}
              className="tabular-nums"
            >
              {[
                words.since(format.duration(Math.max(0, part.fromMs - startMs))),
                part.provider ? `${part.provider} ${part.model ?? ''}`.trim() : stageName(words, part.stage),
                part.toMs === null
                  ? `${format.duration(Math.max(0, nowMs - part.fromMs))}, ${words.underWay}`
                  : format.duration(part.toMs - part.fromMs),
                part.round > 0 ? words.marks.try : null,
                part.link > 0 ? words.marks.fallback : null,
                part.outcome === 'lost' ? words.lost : null,
                part.code ? words.because(part.code) : null,
                part.isCritical ? words.critical : null,
              ]
                .filter((text) => text !== null)
                .join(' · ')}
            </li>
          ))}
        </ol>
      ) : (
        <p className="text-ink-soft">{words.detailsNone}</p>
      )}
    </section>
  );
});
