/**
 * How many words are heard of recordings that went wrong, and when: `npm run bench:cases -- http://localhost:4747 [FOLDER]`. It
 * asks a running server over HTTP, so that two versions can be compared. The folder has an `expected.tsv` (case, name, bytes,
 * clips with the milliseconds from the start of the case's first file, what happened once) with a folder of files for each case, and beside it
 * `speech/transcripts.tsv`.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inOrder, spokenWords } from '../tests/speech/word-error-rate.ts';

const URL_OF_SERVER = process.argv[2] ?? 'http://localhost:4747';
const FOLDER = process.argv[3] ?? fileURLToPath(new URL('../../shared/cases/', import.meta.url));
/** A clip of words is at its place when somebody begins to speak within this of it. */
const AT_ITS_PLACE_MS = 700;

interface Line {
  name: string;
  clips: { clip: string; atMs: number }[];
  once: string;
}

const texts = new Map(
  rowsOf(join(FOLDER, '..', 'speech', 'transcripts.tsv')).map(([clip = '', , text = '']) => [clip, text]),
);
const cases = Map.groupBy(rowsOf(join(FOLDER, 'expected.tsv')), ([id = '']) => id);
const sum = { said: 0, heard: 0, clips: 0, inPlace: 0 };

for (const [id, rows] of cases) {
  const lines = rows.map(([, name = '', , expected = '', once = '']): Line => {
    const clips = expected.split(' ').map((clip) => clip.split('@'));
    return { name, clips: clips.map(([clip = '', at = '']) => ({ clip, atMs: Number(at) })), once };
  });
  const { outcomes, segments } = await hear(id, lines);
  const heard = spokenWords(segments.map(({ text }) => text).join(' ')).map((word) =>
    word === 'mr' ? 'mister' : word,
  );
  const caseStartMs = startOf(lines[0]?.name ?? '');
  for (const { clips, once } of lines) {
    for (const { clip, atMs } of clips) {
      const words = spokenWords(texts.get(clip) ?? '');
      const found = inOrder(words, heard);
      const startMs = caseStartMs + atMs;
      const away = Math.min(...segments.map(({ startedAtMs }) => Math.abs(startedAtMs - startMs)));
      sum.said += words.length;
      sum.heard += found;
      sum.clips++;
      if (away <= AT_ITS_PLACE_MS) sum.inPlace++;
      const place = Number.isFinite(away) ? `${Math.round(away)} ms away` : 'no speech';
      console.log(
        `${id.padEnd(6)}${clip.padEnd(18)}${`${found}/${words.length} words`.padEnd(14)}${place.padEnd(16)}${outcomes}; once: ${once}`,
      );
    }
  }
}
console.log(
  `${sum.heard} of ${sum.said} words, ${sum.inPlace} of ${sum.clips} clips begin within ${AT_ITS_PLACE_MS} ms of their place.`,
);

async function hear(id: string, lines: readonly Line[]) {
  const headers = { 'x-afterword-user': `cases-${id}-${randomUUID()}` };
  const form = new FormData();
  for (const { name } of lines) form.append('files', new Blob([readFileSync(join(FOLDER, id, name))]), name);
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${URL_OF_SERVER}${path}`, {
      ...init,
      headers: { ...headers, prefer: 'wait=25' },
    });
    return (await answer.json()) as Answered;
  };
  let upload = await ask('/api/v1/recordings', { method: 'POST', body: form });
  while (upload.id !== undefined && upload.status !== 'done')
    upload = await ask(`/api/v1/uploads/${upload.id}`);
  const outcomes = (upload.files ?? []).map(({ outcome, code }) => (code ? `${outcome} (${code})` : outcome));
  const { conversations = [] } = await ask('/api/v1/conversations?limit=200');
  const all = await Promise.all(conversations.map((one) => ask(`/api/v1/conversations/${one.id}`)));
  const segments = all.flatMap((one) => one.segments ?? []).sort((a, b) => a.startedAtMs - b.startedAtMs);
  return { outcomes: outcomes.join(', '), segments };
}

/** Names tell seconds. */
function startOf(name: string): number {
  return Number(/(\d{10}(?:\.\d+)?)\.\w+$/.exec(name)?.[1]) * 1000;
}

/** What is read of all three answers, by whatever version. */
interface Answered {
  id?: string;
  status?: string;
  files?: { outcome: string; code: string | null }[];
  conversations?: { id: string }[];
  segments?: { startedAtMs: number; text: string }[];
}

function rowsOf(path: string): string[][] {
  const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split('\t'));
}
