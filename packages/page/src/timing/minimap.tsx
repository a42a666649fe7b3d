/** The whole time as a strip of its density; dragging on it shows a part in the waterfall. */
import { memo, type PointerEvent, useEffect, useRef, useState } from 'react';
import { useShade } from '../app/theme.ts';
import { useWords } from '../words/words.ts';
import { densityOf } from './layout.ts';
import type { Bar } from './rows.ts';
import { brushed, type TimeWindow, widthOf } from './zoom.ts';

const BUCKETS = 600;
const HEIGHT = 40;

interface MinimapProps {
  bars: readonly Bar[];
  whole: TimeWindow;
  shown: TimeWindow;
  nowMs: number;
  onBrush: (window: TimeWindow | null) => void;
}

export const Minimap = memo(function Minimap({ bars, whole, shown, nowMs, onBrush }: MinimapProps) {
  const { timing: words } = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const shade = useShade();
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours follow the shade
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context) return;
    const style = getComputedStyle(canvas.current);
    const { run, wait, most } = densityOf(bars, whole, BUCKETS, nowMs);
    context.clearRect(0, 0, BUCKETS, HEIGHT);
    const column = (at: number, from: number, count: number, color: string) => {
      if (count === 0) return;
      context.fillStyle = color;
      const [low, high] = [(from / most) * HEIGHT, ((from + count) / most) * HEIGHT];
      context.fillRect(at, HEIGHT - high, 1, Math.max(1, high - low));
    };
    const [running, waiting] = [style.getPropertyValue('--accent'), style.getPropertyValue('--line-strong')];
    for (let at = 0; at < BUCKETS; at++) {
      column(at, 0, run[at] ?? 0, running);
      column(at, run[at] ?? 0, wait[at] ?? 0, waiting);
    }
  }, [bars, whole, nowMs, shade]);

  const shareOf = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
  };
  const end = () => {
    if (drag) onBrush(brushed(whole, whole, drag.from, drag.to));
    setDrag(null);
  };
  const share = (ms: number) => (ms - whole.fromMs) / widthOf(whole);
  const [from, to] = drag
    ? [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)]
    : [share(shown.fromMs), share(shown.toMs)];
  return (
    <div
      role="img"
      aria-label={words.minimap}
      title={words.minimap}
      data-minimap
      className="relative h-10 touch-none overflow-hidden rounded-md border border-line bg-raised cursor-crosshair"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: shareOf(event), to: shareOf(event) });
      }}
      onPointerMove={(event) => {
        if (drag) setDrag({ ...drag, to: shareOf(event) });
      }}
      onPointerUp={end}
      onPointerCancel={() => setDrag(null)}
    >
      <canvas ref={canvas} width={BUCKETS} height={HEIGHT} className="h-full w-full" />
      <span
        className="absolute inset-y-0 left-0 bg-veil opacity-40"
        style={{ width: `${from * 100}%` }}
        aria-hidden
      />
      <span
        className="absolute inset-y-0 right-0 bg-veil opacity-40"
        style={{ width: `${(1 - to) * 100}%` }}
        aria-hidden
      />
    </div>
  );
});
