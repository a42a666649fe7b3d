/**
 * How many words are heard wrongly, on the sample day and on a folder of clips with a `transcripts.tsv` (name, seconds,
 * text, language) where there is one. No speed is bought with words: each plan of pieces is held against the others.
 *
 *   npm run bench:words                      about 6 minutes on one core
 *   npm run bench:words -- --only plans      lost, invented and misplaced words of each plan of pieces
 *   npm run bench:words -- --only windows    the words of recordings heard in windows and in one go
 *   npm run bench:words -- --only levels     three levels of loudness, with and without the guards against invented words
 */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { tokensFile } from '../src/speech/models/files.ts';
import { preparedModels } from '../src/speech/models/prepared.ts';
import { createRecognizer, readableText } from '../src/speech/transcribers/moonshine/sherpa.ts';
import { clipsWithPauses, type LaidOut, wholeDay } from './words/laid-out.ts';
import { printLevels } from './words/levels.ts';
import { measurePlan, PLANS, type PlanFigures } from './words/plans.ts';
import { CLIPS, soundsOfClips, soundsOfDay } from './words/sounds.ts';
import { printWindows } from './words/windows.ts';

const PARTS = ['plans', 'windows', 'levels'];
/** Noise of -72 and of -42 dBFS; the clips are at -26 dBFS or so. */
const QUIET_ROOM = 0.0004;
const NOISY_ROOM = 0.013;

const { only = PARTS, clips: folder } = new Command('bench:words')
  .option('--only <parts...>', `some of ${PARTS.join(', ')}`)
  .option('--clips <folder>', 'with a transcripts.tsv', CLIPS)
  .parse()
  .opts<{ only?: string[]; clips: string }>();

const models = join(tmpdir(), 'afterword-bench');
const recognize = createRecognizer({
  ...(await preparedModels('base', { folders: [models] })),
  tokens: await tokensFile(models),
});
/** The same sound gives the same words, and most parts are in the pieces of several plans. */
const known = new Map<string, string>();
function hear(samples: Float32Array): string {
  const sound = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const key = createHash('sha256').update(sound).digest('hex');
  const text = known.get(key) ?? readableText(recognize(samples).text);
  known.set(key, text);
  return text;
}

const clips = await soundsOfClips(folder);
if (clips === null) console.log(`Skipped: there are no clips with a transcripts.tsv in ${folder}.\n`);
const recordings: [name: string, recording: LaidOut][] = [['sample day', await wholeDay()]];
if (clips) {
  // Each clip twice, with another pause around it each time.
  const twice = [...clips, ...clips.toReversed()];
  recordings.push(['clips, quiet room', clipsWithPauses(twice, QUIET_ROOM)]);
  recordings.push(['clips, noisy room', clipsWithPauses(clips, NOISY_ROOM)]);
}

if (only.includes('plans')) await printPlans();
if (only.includes('windows')) await printWindows(recordings, hear);
if (only.includes('levels'))
  await printLevels(
    [['sample day', await soundsOfDay()], ...(clips ? [['clips', clips] as const] : [])],
    recognize,
  );

async function printPlans(): Promise<void> {
  for (const [name, recording] of recordings) {
    const measured = new Map<string, PlanFigures>();
    for (const [plan, options] of Object.entries(PLANS))
      measured.set(plan, await measurePlan(options, recording, hear));
    console.log(`${name}: pieces, and the words of a local model that hears what is sent`);
    console.table(Object.fromEntries([...measured].map(([plan, figures]) => [plan, wordsRow(figures)])));
    console.log(`${name}: what a plan does to the sound, whoever hears it`);
    console.table(Object.fromEntries([...measured].map(([plan, figures]) => [plan, soundRow(figures)])));
  }
}

function wordsRow({ pieces, sentSeconds, pausesCut, long, short }: PlanFigures): object {
  const rate = ({ said, changed, lost, invented }: PlanFigures['long']) =>
    `${((100 * (changed + lost + invented)) / said).toFixed(1)} %`;
  return {
    pieces,
    'seconds sent': Math.round(sentSeconds),
    'pauses cut': pausesCut,
    words: long.said,
    'errors, 28 s': rate(long),
    'lost, 28 s': long.lost,
    'invented, 28 s': long.invented,
    'errors, 15 s': rate(short),
    'lost, 15 s': short.lost,
    'invented, 15 s': short.invented,
  };
}

function soundRow({ unsentMs, clippedMs, leastMarginMs, offMs, misplaced }: PlanFigures): object {
  return {
    'speech not sent, ms': unsentMs,
    'cut out of pauses, ms': clippedMs,
    'least margin, ms': Number.isFinite(leastMarginMs) ? Math.round(leastMarginMs) : '-',
    'times off, ms': offMs,
    'words at pauses': misplaced.of,
    'far off if 0.5 s early': misplaced.early,
    'if 0.5 s late': misplaced.late,
    'if drawn out': misplaced.drawnOut,
  };
}
