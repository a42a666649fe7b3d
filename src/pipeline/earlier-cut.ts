/**
 * How a recording is cut is a fact once pieces of it are stored: another attempt, another worker and another version go on
 * from these pieces, so that no stored answer is asked for again.
 */
import { UNKNOWN_MICROPHONE } from '../conversations/deleted-spans.ts';
import type { CutOptions } from '../speech/splitting/cut.ts';
import { cutNamed, nameOf } from '../speech/splitting/cut-name.ts';
import type { Recording } from '../store/schema.ts';
import { FIRST_BORDER_ORDINAL } from '../store/tables/borders.ts';
import type { PipelineContext } from './context.ts';

type Context = Pick<PipelineContext, 'db' | 'listening' | 'transcriber'>;

interface Stretch {
  ordinal: number;
  start_ms: number;
  end_ms: number;
}

/** The version before last, which did not plan: 15 s for OpenAI-compatible servers, 64 s for those that tell voices apart. */
const SHORT: CutOptions = { maxSeconds: 15 };
const LONG: CutOptions = { maxSeconds: 64, joinSeconds: 5 };
/** The version before this one. It wrote down how it cut only when a piece reached its limit. */
const PLANNED: CutOptions = { maxSeconds: 90, joinSeconds: 5 };
/** Pauses from 5 s on ended a piece of the longer cuts. Half a second of a pause may be in its pieces. */
const LONG_GAP_MS = 4500;

/** @returns the name of the cut by which this attempt goes on or begins */
export async function cutOfAttempt(
  { db, listening, transcriber }: Context,
  { id, microphone, mark, piece_limits }: Pick<Recording, 'id' | 'microphone' | 'mark' | 'piece_limits'>,
): Promise<string> {
  // What no recorder is known of goes on in no other file.
  const now = microphone === UNKNOWN_MICROPHONE ? listening.cut : withEdges(listening.cut);
  // The local model hears pieces of its own length only. It costs nothing to ask it again.
  if (transcriber.cost === undefined) return now;
  const hosted = isHosted(now);
  const stored = piece_limits?.cut ?? mark?.cut;
  if (stored !== undefined) return cutNamed(stored, hosted) ? stored : now;
  const pieces = await db
    .selectFrom('pieces')
    .select(['ordinal', 'start_ms', 'end_ms'])
    .where('recording_id', '=', id)
    // A neighbour's work may have stored what it heard across the border before anything of this recording was cut.
    .where('ordinal', '<', FIRST_BORDER_ORDINAL)
    .orderBy('ordinal')
    .execute();
  if (pieces.length === 0) return now;
  return nameOf(cutBehind(pieces, transcriber.capabilities.speakers), hosted);
}

function isHosted(name: string): boolean {
  return name.includes('"hosted":true');
}

function withEdges(name: string): string {
  const cut = cutNamed(name, isHosted(name));
  return cut ? nameOf({ ...cut, edges: true }, isHosted(name)) : name;
}

/** Infers how pieces were cut of which none says it. Pure. */
export function cutBehind(pieces: readonly Stretch[], toldSpeakers: boolean): CutOptions {
  const lengths = pieces.map(({ start_ms, end_ms }) => end_ms - start_ms);
  if (toldSpeakers) return Math.max(...lengths) > 64_000 ? PLANNED : LONG;
  const isShort = lengths.every((ms) => ms <= 15_000);
  const isClose = pieces.some((piece, index) => {
    const next = pieces[index + 1];
    return next?.ordinal === piece.ordinal + 1 && next.start_ms - piece.end_ms < LONG_GAP_MS;
  });
  return isShort && isClose ? SHORT : PLANNED;
}
