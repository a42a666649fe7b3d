import { ChevronDown, ChevronRight } from 'lucide-react';
import { memo, useMemo } from 'react';
import { FileName } from '../parts/file-name.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { marksOf, placeParts, ROW_PX } from './layout.ts';
import { MARK_LOOKS, PART_LOOKS } from './legend.tsx';
import { barName, barSentence } from './names.ts';
import { type Bar, isCritical, type Row } from './rows.ts';
import type { TimeWindow } from './zoom.ts';

interface BarRowProps {
  id: string;
  row: Row;
  topPx: number;
  shown: TimeWindow;
  startMs: number;
  nowMs: number;
  namesPx: number;
  chartPx: number;
  isChosen: boolean;
  onPick: (id: string) => void;
  onToggle: (id: string) => void;
}

/** One bar with its name. The tree around it has the focus. Choosing it and zooming draw only what that changes. */
export const BarRow = memo(function BarRow(props: BarRowProps) {
  const { id, row, topPx, shown, startMs, nowMs, namesPx, chartPx, isChosen, onPick, onToggle } = props;
  const { timing: words } = useWords();
  const format = useFormat();
  const { bar, level, hasChildren, isOpen, place, of } = row;
  const sentence = useMemo(
    () => barSentence(words, format, bar, startMs, nowMs),
    [words, format, bar, startMs, nowMs],
  );
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree reads the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names its present row
    <div
      id={id}
      role="treeitem"
      aria-level={level}
      aria-setsize={of}
      aria-posinset={place}
      aria-selected={isChosen}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-label={sentence}
      className={`absolute inset-x-0 top-0 flex items-center ${isChosen ? 'bg-accent-soft' : 'hover:bg-sunken'}`}
      style={{ height: ROW_PX, transform: `translateY(${topPx}px)` }}
      onClick={() => {
        onPick(bar.id);
        if (hasChildren) onToggle(bar.id);
      }}
    >
      <Name row={row} widthPx={namesPx} />
      <Chart bar={bar} shown={shown} widthPx={chartPx} nowMs={nowMs} />
    </div>
  );
});

const Name = memo(function Name({ row, widthPx }: { row: Row; widthPx: number }) {
  const { timing: words } = useWords();
  const format = useFormat();
  const { bar, level, hasChildren, isOpen } = row;
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const name = barName(words, format, bar);
  return (
    <span
      className="flex shrink-0 items-center gap-1 truncate pr-2 text-sm"
      style={{ width: widthPx, paddingLeft: 4 + (level - 1) * 12 }}
    >
      {hasChildren ? (
        <Chevron size={14} className="shrink-0" aria-hidden />
      ) : (
        <span className="w-3.5 shrink-0" />
      )}
      <span className={`flex min-w-0 ${isCritical(bar) ? 'font-medium' : ''}`}>
        {bar.kind === 'recording' ? <FileName name={name} /> : <span className="truncate">{name}</span>}
      </span>
    </span>
  );
});

interface ChartProps {
  bar: Bar;
  shown: TimeWindow;
  widthPx: number;
  nowMs: number;
}

/** Waiting and running in one, with marks on it. */
const Chart = memo(function Chart({ bar, shown, widthPx: chartPx, nowMs }: ChartProps) {
  return (
    <span className="relative mx-2 h-full forced-color-adjust-none" style={{ width: chartPx }} aria-hidden>
      {placeParts(bar, shown, chartPx, nowMs).map(({ part, leftPx, widthPx, tone }, at) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no state, and one that is there already is changed more quickly than made
          key={at}
          className={`absolute top-2 h-3 rounded-xs ${PART_LOOKS[tone]} ${part.isCritical ? 'shadow-[0_3px_0_-1px_var(--ink)]' : ''}`}
          style={{ left: leftPx, width: widthPx }}
        />
      ))}
      {marksOf(bar, shown, chartPx).map(({ kind, atPx }, at) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          key={at}
          className={`absolute top-1 size-1.5 -translate-x-1/2 ${MARK_LOOKS[kind]}`}
          style={{ left: atPx }}
        />
      ))}
    </span>
  );
});
