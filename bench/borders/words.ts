/** Wrong words at the borders of files: a recording cut into files, sent in random orders to a server with the local model. */
import { randomUUID } from 'node:crypto';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { spokenWords } from '../../tests/speech/word-error-rate.ts';
import { asSaid } from '../words/sounds.ts';

const RATE = 16_000;
const STARTED_AT_S = 1_774_000_000;

interface Sent {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Names tell the second in which a file begins, as those of recorders do. */
export function filesOf(samples: Float32Array, seconds: number): Sent[] {
  const step = Math.round(seconds * RATE);
  return Array.from({ length: Math.ceil(samples.length / step) }, (_, n) => ({
    name: `audio_omi_pcm16_16000_1_fs160_${Math.floor(STARTED_AT_S + (n * step) / RATE)}.wav`,
    bytes: toWav(samples.slice(n * step, (n + 1) * step)),
  }));
}

interface Answered {
  id?: string;
  status?: string;
  conversations?: { id: string }[];
  segments?: { startedAtMs: number; text: string }[];
}

export interface HeardWords {
  person: string;
  text: string;
  /** Where it differs from what was said: words that were changed or lost, by their place. */
  wrong: ReadonlySet<string>;
  /** Words more than were said, as those that are said twice. */
  more: number;
}

/** @param isWaiting each file is heard before the next one is sent; otherwise all are sent at once */
export async function hearInOrder(
  url: string,
  files: readonly Sent[],
  said: string,
  isWaiting: boolean,
): Promise<HeardWords> {
  const person = `borders-${randomUUID()}`;
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { 'x-afterword-user': person, prefer: 'wait=25' };
    const answer = await fetch(`${url}${path}`, { ...init, headers });
    return (await answer.json()) as Answered;
  };
  const sent: string[] = [];
  const done = async (id: string) => {
    while ((await ask(`/api/v1/uploads/${id}`)).status !== 'done');
  };
  for (const { name, bytes } of files) {
    const body = new FormData();
    body.append('files', new Blob([bytes]), name);
    const { id = '' } = await ask('/api/v1/recordings', { method: 'POST', body });
    sent.push(id);
    if (isWaiting) await done(id);
  }
  for (const id of sent) await done(id);
  const { conversations = [] } = await ask('/api/v1/conversations?limit=200');
  const all = await Promise.all(conversations.map(({ id }) => ask(`/api/v1/conversations/${id}`)));
  const segments = all.flatMap((one) => one.segments ?? []).sort((a, b) => a.startedAtMs - b.startedAtMs);
  const text = segments.map((segment) => segment.text).join(' ');
  const wrong = wrongPlaces(spokenWords(said), asSaid(text));
  const more = [...wrong].filter((place) => place.startsWith('+')).length;
  return { person, text, wrong, more };
}

/** @returns as many places as there are wrong words: `12` was changed or lost, `+12.1` was added before it */
function wrongPlaces(said: readonly string[], heard: readonly string[]): Set<string> {
  const costs = [Array.from({ length: heard.length + 1 }, (_, n) => n)];
  const costAt = (row: number, column: number) => costs[row]?.[column] ?? Number.POSITIVE_INFINITY;
  const differs = (row: number, column: number) => (said[row - 1] === heard[column - 1] ? 0 : 1);
  for (let row = 1; row <= said.length; row++) {
    const now = [row];
    costs.push(now);
    for (let column = 1; column <= heard.length; column++) {
      const changed = costAt(row - 1, column - 1) + differs(row, column);
      now.push(Math.min(changed, costAt(row - 1, column) + 1, costAt(row, column - 1) + 1));
    }
  }
  const places = new Set<string>();
  let [row, column] = [said.length, heard.length];
  while (row > 0 || column > 0) {
    const cost = costAt(row, column);
    if (row > 0 && column > 0 && cost === costAt(row - 1, column - 1) + differs(row, column)) {
      if (differs(row, column) === 1) places.add(`${row - 1}`);
      row--;
      column--;
    } else if (row > 0 && cost === costAt(row - 1, column) + 1) {
      places.add(`${row - 1}`);
      row--;
    } else {
      places.add(`+${row}.${places.size}`);
      column--;
    }
  }
  return places;
}
