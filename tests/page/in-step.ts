/** Whether words are lit while they sound. */
import type { Page } from 'playwright-core';

export interface Step {
  /** Where the sound is. */
  soundMs: number;
  line: string | null;
  /** The place of the lit word in its line; null: none is lit. */
  word: number | null;
}

interface Captured extends Window {
  sounds: HTMLAudioElement[];
}

/** Before the page is opened: makes its sounds known to the test. */
export async function captureSounds(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const own = window as unknown as Captured;
    const Original = window.Audio;
    own.sounds = [];
    window.Audio = new Proxy(Original, {
      construct(target, given) {
        const sound = Reflect.construct(target, given) as HTMLAudioElement;
        own.sounds.push(sound);
        return sound;
      },
    });
  });
}

export async function soundMs(page: Page): Promise<number> {
  return await page.evaluate(() => ((window as unknown as Captured).sounds.at(-1)?.currentTime ?? 0) * 1000);
}

/** The sound begins within this, or the test fails for want of steps. */
const BEGINS_WITHIN_MS = 20_000;

/** What is lit in each picture that the browser shows, for so long from when the sound is heard. */
export async function stepsOf(page: Page, forMs: number): Promise<Step[]> {
  return await page.evaluate(
    async ({ long, beginsWithin }) => {
      const steps: { soundMs: number; line: string | null; word: number | null }[] = [];
      let until = performance.now() + beginsWithin;
      while (performance.now() < until) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const sound = (window as unknown as Captured).sounds.at(-1);
        if (!sound || sound.paused || sound.seeking || sound.readyState < 3) continue;
        if (steps.length === 0) until = performance.now() + long;
        const lit = document.querySelector<HTMLElement>('[data-word].bg-mark');
        const line = (lit ?? document.querySelector('[aria-current]'))?.closest<HTMLElement>('[data-line]');
        steps.push({
          soundMs: sound.currentTime * 1000,
          line: line?.dataset.line ?? null,
          word: lit ? Number(lit.dataset.word) : null,
        });
      }
      return steps;
    },
    { long: forMs, beginsWithin: BEGINS_WITHIN_MS },
  );
}

interface Span {
  fromMs: number;
  toMs: number;
}

/** A line with its words, in the time of the sound. */
export interface HeardLine extends Span {
  id: string;
  words: Span[];
}

/** Read from the server: the times of the words, and the map that leads from the clock to the sound. */
export async function heardLines(url: string, id: string): Promise<HeardLine[]> {
  const read = async (path: string) => await (await fetch(`${url}/api/v1/conversations/${id}${path}`)).json();
  const { parts } = (await read('/audio/map?gaps=skip')) as {
    parts: { fromMs: number; toMs: number; startedAtMs: number }[];
  };
  const inSound = (startMs: number, endMs: number): Span => {
    const part = parts.findLast(({ startedAtMs }) => startedAtMs <= startMs);
    const offset = (part?.fromMs ?? 0) - (part?.startedAtMs ?? 0);
    return { fromMs: startMs + offset, toMs: endMs + offset };
  };
  const { segments } = (await read('?include=words')) as {
    segments: {
      id: string;
      startedAtMs: number;
      endedAtMs: number;
      words: { startMs: number; endMs: number }[] | null;
    }[];
  };
  return segments.map((segment) => ({
    id: segment.id,
    ...inSound(segment.startedAtMs, segment.endedAtMs),
    words: (segment.words ?? []).map(({ startMs, endMs }) => inSound(startMs, endMs)),
  }));
}

/** A word stays lit so long after it, unless the next one follows. */
const AFTERGLOW_MS = 250;

/** @returns what was lit too early or too late, and what sounded without being lit */
export function outOfStep(steps: readonly Step[], lines: readonly HeardLine[], byMs = 150): string[] {
  return steps.flatMap(({ soundMs: at, line, word }) => {
    const holds = ({ fromMs, toMs }: Span, margin: number) => at >= fromMs - margin && at <= toMs + margin;
    const lit = lines.find(({ id }) => id === line);
    if (word !== null) {
      const shown = lit?.words[word];
      const isRight = shown && holds({ ...shown, toMs: shown.toMs + AFTERGLOW_MS }, byMs);
      return isRight ? [] : [`${Math.round(at)} ms: word ${word} of ${line}`];
    }
    const sounding = lines.find((one) =>
      (one.words.length > 0 ? one.words : [one]).some((span) => holds(span, -byMs)),
    );
    return sounding && sounding.id !== line ? [`${Math.round(at)} ms: ${sounding.id} is not lit`] : [];
  });
}
