/**
 * Which words are shown of English and of other languages, on the real code: `npm run bench:languages`. The voices are
 * espeak-ng's, which has to be installed; English played backwards is a language that nobody knows. Each clip is judged alone,
 * then all English ones as one recording, all others as one, and both in turns.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { decode } from '../src/audio/decode.ts';
import { SAMPLE_RATE } from '../src/audio/hint.ts';
import { joinedFloats, toPcm16 } from '../src/audio/pcm16.ts';
import { emptyReport } from '../src/audio/report.ts';
import { cut } from '../src/speech/splitting/cut.ts';
import { createMoonshine } from '../src/speech/transcribers/moonshine/moonshine.ts';
import { listen } from '../src/speech/vad/listen.ts';
import { wordsOf } from '../src/timeline/deduplicate.ts';
import { findUnknownLanguage } from '../src/timeline/unknown-language.ts';

new Command('bench:languages')
  .description('which words are shown of English and of other languages; needs espeak-ng')
  .parse();

const ENGLISH = [
  'last night we talked for a long time about the new plan and in the end everybody was tired but happy with the result',
  'if you can send me the report before noon I will read it on the train and call you back in the afternoon',
  'my sister has moved to a small house by the river and she wants us to visit her in the first week of May',
];
const VOICES = ['en-us', 'en-gb', 'en-gb-scotland', 'en-gb-x-rp', 'en-029', 'en-us+f3', 'en-us+whisper'];
const NOISES_DB = [null, 10, 3];
const OTHERS: Record<string, string> = {
  da: 'I går aftes talte vi længe om den nye plan og til sidst var alle trætte men glade for resultatet.',
  de: 'Gestern Abend haben wir lange über den neuen Plan gesprochen und am Ende waren alle müde aber zufrieden.',
  el: 'Χθες το βράδυ μιλήσαμε πολλή ώρα για το νέο σχέδιο και στο τέλος όλοι ήταν κουρασμένοι αλλά ευχαριστημένοι.',
  es: 'Anoche hablamos mucho tiempo sobre el nuevo plan y al final todos estaban cansados pero contentos.',
  fi: 'Eilen illalla puhuimme pitkään uudesta suunnitelmasta ja lopulta kaikki olivat väsyneitä mutta tyytyväisiä.',
  'fr-fr': 'Hier soir nous avons parlé longtemps du nouveau projet et à la fin tout le monde était fatigué.',
  hu: 'Tegnap este sokáig beszélgettünk az új tervről és a végén mindenki fáradt volt, de elégedett.',
  id: 'Tadi malam kami berbicara lama tentang rencana baru dan akhirnya semua orang lelah tetapi senang.',
  it: 'Ieri sera abbiamo parlato a lungo del nuovo progetto e alla fine erano tutti stanchi ma contenti.',
  nl: 'Gisteravond hebben we lang over het nieuwe plan gesproken en aan het eind was iedereen moe maar tevreden.',
  pl: 'Wczoraj wieczorem długo rozmawialiśmy o nowym planie i na koniec wszyscy byli zmęczeni, ale zadowoleni.',
  pt: 'Ontem à noite conversámos muito tempo sobre o novo plano e no fim todos estavam cansados mas contentes.',
  ru: 'Вчера вечером мы долго говорили о новом плане, и в конце концов все устали, но были довольны результатом.',
  sv: 'Igår kväll pratade vi länge om den nya planen och till slut var alla trötta men nöjda med resultatet.',
  tr: 'Dün gece yeni plan hakkında uzun süre konuştuk ve sonunda herkes yorgundu ama sonuçtan memnundu.',
};

interface Piece {
  startedAtMs: number;
  endedAtMs: number;
  unsteadiness: number | null;
  words: number;
}

const folder = mkdtempSync(join(tmpdir(), 'afterword-languages-'));
const moonshine = await createMoonshine({ cacheDir: folder, threads: 1 });
let random = 1;

try {
  const english: Piece[][] = [];
  const others: Piece[][] = [];
  for (const noiseDb of NOISES_DB) {
    for (const [n, voice] of VOICES.entries())
      english.push(await heard(voice, ENGLISH[n % ENGLISH.length] ?? '', noiseDb));
  }
  for (const [voice, text] of Object.entries(OTHERS)) others.push(await heard(voice, text, null));
  for (const [n, text] of ENGLISH.entries()) others.push(await heard(VOICES[n] ?? '', text, null, true));
  const turns = Array.from({ length: Math.max(english.length, others.length) }, (_, n) => [
    { clips: english, n },
    { clips: others, n },
  ]).flat();
  const mixed = turns.flatMap(({ clips, n }) => clips[n]?.map((piece) => ({ ...piece, clips })) ?? []);
  row(
    'English, each clip alone',
    english.flatMap((clip) => hiddenIn(clip)),
    english.flat(),
  );
  row('English, one recording', hiddenIn(english.flat()), english.flat());
  row(
    'other languages, each clip alone',
    others.flatMap((clip) => hiddenIn(clip)),
    others.flat(),
  );
  row('other languages, one recording', hiddenIn(others.flat()), others.flat());
  const hidden = new Set(hiddenIn(mixed));
  for (const [name, clips] of [['English', english] as const, ['other languages', others] as const]) {
    const own = mixed.filter((piece) => piece.clips === clips);
    row(
      `in turns with the other: ${name}`,
      own.filter((piece) => [...hidden].some((other) => other.at === piece)),
      own,
    );
  }
} finally {
  await moonshine.close();
  rmSync(folder, { recursive: true });
}

async function heard(
  voice: string,
  text: string,
  noiseDb: number | null,
  isBackwards = false,
): Promise<Piece[]> {
  const path = join(folder, 'voice.wav');
  execFileSync('espeak-ng', ['-v', voice, '-s', '150', '-w', path, text]);
  const spoken = await samplesOf(path);
  const samples = withNoise(isBackwards ? spoken.toReversed() : spoken, noiseDb);
  const pieces: Piece[] = [];
  for await (const piece of cut(listen(seconds(samples)))) {
    const before = process.cpuUsage();
    const { segments, unsteadiness, guards } = await moonshine.transcribe(
      { samples: toPcm16(piece.samples), sampleRateHz: SAMPLE_RATE },
      { signal: AbortSignal.timeout(120_000) },
    );
    const used = process.cpuUsage(before);
    const perSecond = (used.user + used.system) / 1000 / (piece.endMs - piece.startMs);
    const said = segments.map((segment) => segment.text).join(' ');
    const measured = unsteadiness === undefined ? '–' : unsteadiness.toFixed(2);
    console.log(
      `${voice}${isBackwards ? ' backwards' : ''} ${noiseDb ?? '∞'} dB: ${measured}, ${perSecond.toFixed(2)} s of work a second, ${guards} | ${said}`,
    );
    const words = wordsOf(said).length;
    const { startMs: startedAtMs, endMs: endedAtMs } = piece;
    pieces.push({ startedAtMs, endedAtMs, unsteadiness: unsteadiness ?? null, words });
  }
  return pieces;
}

/** As one recording: each piece follows the one before. */
function hiddenIn<P extends Piece>(pieces: readonly P[]): (P & { at: P })[] {
  let atMs = 0;
  const inTurn = pieces.map((at) => {
    const startedAtMs = atMs;
    atMs += at.endedAtMs - at.startedAtMs + 1000;
    return { ...at, startedAtMs, endedAtMs: atMs - 1000, at };
  });
  return findUnknownLanguage(inTurn);
}

function row(name: string, hidden: readonly Piece[], all: readonly Piece[]): void {
  const sum = (pieces: readonly Piece[]) => pieces.reduce((total, { words }) => total + words, 0);
  console.log(`${name}: ${sum(all)} words, hidden ${sum(hidden)}`);
}

async function samplesOf(path: string): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  const bytes = (async function* () {
    yield readFileSync(path);
  })();
  for await (const block of decode(bytes, null, emptyReport())) blocks.push(block);
  return joinedFloats(blocks);
}

function withNoise(samples: Float32Array, db: number | null): Float32Array {
  if (db === null) return samples;
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  // The mean square of what is spread evenly from -1 to 1 is a third.
  const amplitude = Math.sqrt((3 * power) / 10 ** (db / 10));
  return samples.map((sample) => {
    random = (random * 1103515245 + 12345) % 2 ** 31;
    return sample + amplitude * ((random / 2 ** 31) * 2 - 1);
  });
}

async function* seconds(samples: Float32Array): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += SAMPLE_RATE) yield samples.subarray(at, at + SAMPLE_RATE);
}
