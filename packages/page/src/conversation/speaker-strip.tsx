import { useEffect, useRef } from 'react';
import { colourOf } from './rules/speakers.ts';

export interface StripSpan {
  fromMs: number;
  toMs: number;
  /** null: nobody knows who. */
  number: number | null;
}

const HEIGHT = 6;

/** Who speaks when, as a thin line below the waveform. Names stand beside the colours in the list of speakers. */
export function SpeakerStrip({
  spans,
  durationMs,
  shade,
}: {
  spans: readonly StripSpan[];
  durationMs: number;
  shade: string;
}) {
  const place = useRef<HTMLCanvasElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the shade
  useEffect(() => {
    const canvas = place.current;
    if (!canvas) return;
    const draw = () => {
      const { devicePixelRatio: ratio } = window;
      canvas.width = Math.round(canvas.clientWidth * ratio);
      canvas.height = HEIGHT * ratio;
      const pen = canvas.getContext('2d');
      if (!pen) return;
      const look = getComputedStyle(document.documentElement);
      const colours = new Map<string, string>();
      const token = (name: string) => {
        const colour = colours.get(name) ?? look.getPropertyValue(name).trim();
        colours.set(name, colour);
        return colour;
      };
      for (const { fromMs, toMs, number } of spans) {
        pen.fillStyle = token(number === null ? '--line-strong' : `--speaker-${colourOf(number)}`);
        const from = (fromMs / durationMs) * canvas.width;
        pen.fillRect(from, 0, Math.max(ratio, ((toMs - fromMs) / durationMs) * canvas.width), canvas.height);
      }
    };
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(canvas);
    return () => observer.disconnect();
  }, [spans, durationMs, shade]);
  return <canvas ref={place} className="mt-1 block h-1.5 w-full rounded-sm" aria-hidden />;
}
