/** The waterfall: a tree of bars on a virtual list, walked and zoomed by keyboard, wheel and brush. */
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type ComponentProps,
  type KeyboardEvent,
  memo,
  useCallback,
  useDeferredValue,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useKeys } from '../app/keys.ts';
import { useWords } from '../words/words.ts';
import { Axis } from './axis.tsx';
import { BarRow } from './bar-row.tsx';
import { Details } from './details.tsx';
import { ROW_PX } from './layout.ts';
import { Legend } from './legend.tsx';
import { Minimap } from './minimap.tsx';
import { type Bar, closedAtFirst, nextCritical, rowsOf, stepOf } from './rows.ts';
import { Tools } from './tools.tsx';
import { moved, revealing, type TimeWindow, wholeOf, within, ZOOM_STEP, zoomed } from './zoom.ts';

/** So that a quick scroll does not show empty rows. */
const OVERSCAN = 4;
const PAN_SHARE = 0.2;
const NAMES_PX = 240;
const NAMES_NARROW_PX = 120;
const NARROW_PX = 640;
/** Five marks of an axis lie over each other on less. */
const NARROW_CHART_PX = 420;

export function Waterfall({ bars, nowMs }: { bars: readonly Bar[]; nowMs: number }) {
  const { timing: words } = useWords();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(scroller);
  const namesPx = widthPx < NARROW_PX ? NAMES_NARROW_PX : NAMES_PX;
  const chartPx = Math.max(80, widthPx - namesPx - 16);
  const axisParts = chartPx < NARROW_CHART_PX ? 2 : 4;
  const [closed, setClosed] = useState(() => closedAtFirst(bars));
  const [chosen, setChosen] = useState<string | null>(null);
  const [wanted, setWanted] = useState<TimeWindow | null>(null);
  const whole = useMemo(() => wholeOf(bars, nowMs), [bars, nowMs]);
  const shown = useMemo(() => (wanted ? within(wanted, whole) : whole), [wanted, whole]);
  const rows = useMemo(() => rowsOf(bars, closed), [bars, closed]);
  const at = Math.max(
    0,
    rows.findIndex(({ bar }) => bar.id === chosen),
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });

  const choose = useCallback(
    (to: number) => {
      const row = rows[to];
      if (!row) return;
      setChosen(row.bar.id);
      setWanted((now) => now && revealing(now, whole, row.bar.fromMs, row.bar.toMs ?? nowMs));
      if (scroller.current) reveal(scroller.current, to);
    },
    [rows, whole, nowMs],
  );
  const toggle = useCallback((of: string) => {
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(of)) next.add(of);
      return next;
    });
  }, []);
  const pick = useCallback((of: string) => setChosen(of), []);
  const zoom = useCallback(
    (factor: number) => setWanted((now) => zoomed(now ? within(now, whole) : whole, whole, factor)),
    [whole],
  );
  const zoomAll = useCallback(() => setWanted(null), []);
  const openAll = useCallback(() => setClosed(new Set()), []);
  const closeAll = useCallback(
    () => setClosed(new Set(bars.filter(({ parentId }) => parentId === null).map((bar) => bar.id))),
    [bars],
  );

  const press = (event: KeyboardEvent) => {
    const { key, altKey, shiftKey } = event;
    if (event.ctrlKey || event.metaKey) return;
    const act = actOf(key, altKey, shiftKey);
    if (!act) return;
    event.preventDefault();
    act();
  };
  const actOf = (key: string, isAlt: boolean, isShift: boolean): (() => void) | null => {
    if (key === '+' || key === '=') return () => zoom(ZOOM_STEP);
    if (key === '-') return () => zoom(1 / ZOOM_STEP);
    if (isShift && key === 'ArrowLeft') return () => setWanted(moved(shown, whole, -PAN_SHARE));
    if (isShift && key === 'ArrowRight') return () => setWanted(moved(shown, whole, PAN_SHARE));
    if (key === 'Escape') return wanted ? () => setWanted(null) : null;
    if (key === 'c') {
      const next = nextCritical(rows, at);
      return next === null ? null : () => choose(next);
    }
    const present = rows[at];
    if (key === 'Enter' || key === ' ') return present?.hasChildren ? () => toggle(present.bar.id) : null;
    const step = stepOf(rows, at, key, isAlt);
    if (!step) return null;
    return 'to' in step ? () => choose(step.to) : () => toggle('open' in step ? step.open : step.close);
  };

  useKeys(words.keys.title, [
    { keys: ['ArrowUp', 'ArrowDown'], label: words.keys.walk, run: nothing },
    { keys: ['ArrowLeft', 'ArrowRight'], label: words.keys.openClose, run: nothing },
    { keys: ['Alt+ArrowUp', 'Alt+ArrowDown'], label: words.keys.level, run: nothing },
    { keys: ['Home', 'End'], label: words.keys.ends, run: nothing },
    { keys: ['+', '-'], label: words.keys.zoom, run: nothing },
    { keys: ['Shift+ArrowLeft', 'Shift+ArrowRight'], label: words.keys.pan, run: nothing },
    { keys: 'Escape', label: words.keys.all, run: nothing },
    { keys: 'c', label: words.keys.critical, run: nothing },
  ]);

  useWheelZoom(scroller, namesPx, (factor, share) =>
    setWanted((now) => zoomed(now ?? whole, whole, factor, share)),
  );

  const items = virtual.getVirtualItems();
  const slots = useRef(0);
  slots.current = Math.max(slots.current, items.length);
  const rowId = (of: string) => `${id}-${of}`;
  const present = rows[at];
  return (
    <section aria-labelledby={`${id}-title`} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div>
          <h2 id={`${id}-title`} className="font-semibold">
            {words.chart}
          </h2>
          <p id={`${id}-hint`} className="text-sm text-ink-soft touch:hidden">
            {words.chartHint}
          </p>
        </div>
        <Tools
          isZoomed={wanted !== null}
          onOpenAll={openAll}
          onCloseAll={closeAll}
          onZoom={zoom}
          onZoomAll={zoomAll}
        />
      </div>
      <Minimap bars={bars} whole={whole} shown={shown} nowMs={nowMs} onBrush={setWanted} />
      <div className="rounded-lg border border-line bg-raised">
        <Axis shown={shown} whole={whole} parts={axisParts} leftPx={namesPx + 8} widthPx={chartPx} />
        <div
          ref={scroller}
          role="tree"
          tabIndex={0}
          aria-labelledby={`${id}-title`}
          aria-describedby={`${id}-hint`}
          aria-activedescendant={present ? rowId(present.bar.id) : undefined}
          className="max-h-[60dvh] overflow-y-auto overflow-x-hidden"
          onKeyDown={press}
          onFocus={() => {
            if (chosen === null && rows[0]) setChosen(rows[0].bar.id);
          }}
        >
          <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start }) => {
              const row = rows[index];
              if (!row) return null;
              return (
                <BarRow
                  // A row that comes into sight takes the place of one that has left it, instead of being made anew.
                  key={index % slots.current}
                  id={rowId(row.bar.id)}
                  row={row}
                  topPx={start}
                  shown={shown}
                  startMs={whole.fromMs}
                  nowMs={nowMs}
                  namesPx={namesPx}
                  chartPx={chartPx}
                  isChosen={index === at && chosen !== null}
                  onPick={pick}
                  onToggle={toggle}
                />
              );
            })}
          </div>
        </div>
      </div>
      <Legend />
      <DeferredDetails
        bar={chosen === null ? undefined : present?.bar}
        startMs={whole.fromMs}
        nowMs={nowMs}
      />
    </section>
  );
}

/**
 * What is told of the row below the chart is no part of the answer to a key, and may come a frame later. A component of its own
 * puts it off, so that the chart is not rendered again for it.
 */
const DeferredDetails = memo(function DeferredDetails({ bar, ...rest }: ComponentProps<typeof Details>) {
  return <Details bar={useDeferredValue(bar)} {...rest} />;
});

/** All rows are equally high, so that nothing has to be measured for it. */
function reveal(scroller: HTMLElement, row: number): void {
  const { scrollTop, clientHeight } = scroller;
  const top = row * ROW_PX;
  if (top < scrollTop) scroller.scrollTop = top;
  else if (top + ROW_PX > scrollTop + clientHeight) scroller.scrollTop = top + ROW_PX - clientHeight;
  else return;
  // The browser tells of it with the next frame. Told at once, the list renders the rows that come into sight with the choice.
  scroller.dispatchEvent(new Event('scroll'));
}

/** The tree reads these keys itself, while it has the focus; here they are listed. */
function nothing(): void {}

/** It begins narrow: what is wider than a phone makes its whole page scroll sideways until it was measured. */
function useWidth(of: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = of.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, [of]);
  return width;
}

/** With Ctrl or by pinching, as maps do: a wheel alone scrolls the rows. React's own handler could not stop the page's zoom. */
function useWheelZoom(
  of: React.RefObject<HTMLElement | null>,
  namesPx: number,
  zoom: (factor: number, share: number) => void,
): void {
  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const element = of.current;
    if (!element) return;
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const share = (event.clientX - box.left - namesPx) / Math.max(1, box.width - namesPx);
      latest.current(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, Math.min(1, Math.max(0, share)));
    };
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, [of, namesPx]);
}
