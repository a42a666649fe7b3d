import { memo } from 'react';
import { useFormat } from '../words/format.ts';
import { type TimeWindow, ticksOf, widthOf } from './zoom.ts';

interface AxisProps {
  shown: TimeWindow;
  whole: TimeWindow;
  /** Between its marks. */
  parts: number;
  leftPx: number;
  widthPx: number;
}

/** The times above the bars, since the whole began. */
export const Axis = memo(function Axis({ shown, whole, parts, leftPx, widthPx }: AxisProps) {
  const format = useFormat();
  return (
    <div className="relative h-6 border-b border-line text-xs text-ink-soft" aria-hidden>
      {ticksOf(shown, whole, parts).map(({ share, ms }) => (
        <span
          key={share}
          className="absolute top-1 tabular-nums whitespace-nowrap"
          style={{ left: leftPx + share * widthPx, transform: `translateX(${-share * 100}%)` }}
        >
          {format.tick(Math.max(0, ms), widthOf(shown) / parts)}
        </span>
      ))}
    </div>
  );
});
