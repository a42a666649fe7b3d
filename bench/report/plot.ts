/** Draws lines over time as an SVG, for the report. Where no report is being made, nothing is written. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Line {
  name: string;
  /** x and y, in the units that the axes name. */
  points: readonly (readonly [number, number])[];
}

interface Plot {
  /** Names the file; it is unique within a report. */
  name: string;
  title: string;
  x: string;
  y: string;
  lines: readonly Line[];
}

/** Set by `npm run bench`: the folder of the report. A server refuses settings of its own kind that it does not know. */
export const PLOT_FOLDER = 'BENCH_PLOTS';

const WIDTH = 720;
const HEIGHT = 320;
const LEFT = 56;
const TOP = 36;
const RIGHT = 16;
const BOTTOM = 64;
/** Distinguishable for people who see fewer colours (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];
const TICKS = 5;

export async function savePlot(plot: Plot): Promise<void> {
  const folder = process.env[PLOT_FOLDER];
  if (folder) await writeFile(join(folder, `${plot.name}.svg`), drawPlot(plot));
}

function drawPlot({ title, x, y, lines }: Plot): string {
  const heading = `${title}; ${y}`;
  const points = lines.flatMap((line) => line.points);
  const mostX = roundUp(Math.max(1e-9, ...points.map(([value]) => value)));
  const mostY = roundUp(Math.max(1e-9, ...points.map(([, value]) => value)));
  const placeX = (value: number) => LEFT + (value / mostX) * (WIDTH - LEFT - RIGHT);
  const placeY = (value: number) => HEIGHT - BOTTOM - (value / mostY) * (HEIGHT - TOP - BOTTOM);
  const ticks = Array.from({ length: TICKS + 1 }, (_, tick) => tick / TICKS);
  const grid = ticks.flatMap((share) => [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${placeY(share * mostY)}" y2="${placeY(share * mostY)}" stroke="#ddd"/>`,
    text(LEFT - 6, placeY(share * mostY) + 4, short(share * mostY), 'end'),
    text(placeX(share * mostX), HEIGHT - BOTTOM + 16, short(share * mostX), 'middle'),
  ]);
  const drawn = lines.flatMap((line, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const path = line.points.map(([px, py]) => `${placeX(px).toFixed(1)},${placeY(py).toFixed(1)}`).join(' ');
    const legendX = LEFT + index * 170;
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
      `<rect x="${legendX}" y="${HEIGHT - 20}" width="12" height="4" fill="${colour}"/>`,
      text(legendX + 18, HEIGHT - 14, line.name, 'start'),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(heading)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 20, heading, 'start'),
    text(WIDTH - RIGHT, HEIGHT - BOTTOM + 32, x, 'end'),
    ...grid,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#222">${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}

/** The next of 1, 2 and 5 times a power of ten, so that the ticks are short numbers. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
