/**
 * What is sent of a day of short files. The real listener cuts an hour of clips with pauses as one recording and as files of
 * ten seconds; what is asked follows from the real rule of borders and the order of arrival. The day is twelve such hours.
 */
import { EndsOfPieces } from '../../src/pipeline/hear-borders.ts';
import { type CutOptions, cutAtMarks, listenerFor } from '../../src/speech/splitting/cut.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import { amplified } from '../../src/speech/vad/amplified.ts';
import { listen } from '../../src/speech/vad/listen.ts';
import { withoutMarks } from '../../src/speech/vad/mark.ts';
import { bordersOf, type HeardRecording } from '../../src/timeline/borders.ts';
import { shuffled } from '../../tests/pipeline/chance.ts';
import { all, inChunks } from '../../tests/speech/clips.ts';
import { clipsWithPauses } from '../words/laid-out.ts';
import type { Sound } from '../words/sounds.ts';

const RATE = 16_000;
const FILE_MS = 10_000;
const HOUR_SECONDS = 3600;
const HOURS = 12;
const BATCH = 5;
const QUIET_ROOM = 0.0004;
const STARTED_AT_MS = 1_774_000_000_000;

interface File extends HeardRecording {
  pieces: Piece[];
}

interface Sent {
  seconds: number;
  calls: number;
}

export async function secondsOfDay(clips: readonly Sound[]): Promise<Record<string, object>> {
  const sound = hourOf(clips);
  const whole = await cutOf(sound, {});
  const speechSeconds = whole.reduce((sum, { speechMs }) => sum + speechMs, 0) / 1000;
  const rowOf = ({ seconds, calls }: Sent) => ({
    'seconds sent': Math.round(seconds * HOURS),
    'for each second of speech': (seconds / speechSeconds).toFixed(2),
    calls: calls * HOURS,
  });
  const apart: Piece[] = [];
  const files: File[] = [];
  for (let atMs = 0; atMs < HOUR_SECONDS * 1000; atMs += FILE_MS) {
    const part = sound.slice((atMs * RATE) / 1000, ((atMs + FILE_MS) * RATE) / 1000);
    apart.push(...(await cutOf(part, {})));
    const pieces = await cutOf(part, { edges: true });
    const ends = new EndsOfPieces(true);
    for (const piece of pieces) ends.passed(piece);
    const id = String(files.length);
    files.push({
      id,
      contentHash: id,
      startedAtMs: STARTED_AT_MS + atMs,
      lengthMs: FILE_MS,
      ...ends.endsOf(FILE_MS),
      pieces,
    });
  }
  const batches = Array.from({ length: files.length / BATCH }, (_, n) =>
    files.slice(n * BATCH, (n + 1) * BATCH),
  );
  return {
    'one recording': rowOf(sumOf(whole)),
    'files, each by itself': rowOf(sumOf(apart)),
    'files in order': rowOf(sentOf(files.map((file) => [file]))),
    'files one by one at random': rowOf(sentOf(shuffled(files, 1).map((file) => [file]))),
    'batches of five in order': rowOf(sentOf(batches)),
    'batches of five at random': rowOf(sentOf(shuffled(batches, 2))),
    'batches of five at random, each in any order': rowOf(
      sentOf(shuffled(batches, 3).map((batch, n) => shuffled(batch, n))),
    ),
  };
}

function hourOf(clips: readonly Sound[]): Float32Array {
  const order: Sound[] = [];
  // The clips come again and again, and the border of a file lies at another place of each every time.
  for (let seconds = 0; seconds < 2 * HOUR_SECONDS; ) {
    for (const clip of clips) {
      order.push(clip);
      seconds += clip.samples.length / RATE + 10;
    }
  }
  return clipsWithPauses(order, QUIET_ROOM).samples.slice(0, HOUR_SECONDS * RATE);
}

async function cutOf(samples: Float32Array, options: CutOptions): Promise<Piece[]> {
  const speech = listen(amplified(inChunks(samples, RATE)), listenerFor(options));
  return await all(withoutMarks(cutAtMarks(speech, options, 0, undefined, () => samples.length)));
}

function lengthOf({ samples }: Piece): number {
  return samples.length / RATE;
}

function sumOf(pieces: readonly Piece[]): Sent {
  return { seconds: pieces.reduce((sum, piece) => sum + lengthOf(piece), 0), calls: pieces.length };
}

/** Whoever is heard last of two hears their border; of one batch each waits for the others. */
function sentOf(arrivals: readonly (readonly File[])[]): Sent {
  const here: File[] = [];
  const heard = new Set<string>();
  const sent: Sent = { seconds: 0, calls: 0 };
  const ask = (seconds: number) => {
    sent.seconds += seconds;
    sent.calls += 1;
  };
  for (const batch of arrivals) {
    here.push(...batch);
    for (const file of batch) {
      const near = here.filter(({ startedAtMs }) => Math.abs(startedAtMs - file.startedAtMs) <= 3 * FILE_MS);
      const covered = new Set<string>();
      for (const { leftId, rightId } of bordersOf(file.id, near)) {
        covered.add(leftId === file.id ? 'tail' : 'head');
        const key = `${leftId}|${rightId}`;
        if (heard.has(key)) continue;
        heard.add(key);
        const [left, right] = [near.find(({ id }) => id === leftId), near.find(({ id }) => id === rightId)];
        ask(((left?.tail?.reachMs ?? 0) + (right?.head?.reachMs ?? 0)) / 1000);
      }
      for (const piece of file.pieces) if (!covered.has(piece.edge?.end ?? '')) ask(lengthOf(piece));
    }
  }
  return sent;
}
