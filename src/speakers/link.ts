/**
 * Which voices are one speaker, by what a provider says of them when it hears them side by side. Pure.
 *
 * What the user decided is not touched: voices that they hold stay together, under their name. All others are dealt out
 * anew by each answer, since a later one has heard more; so an early mistake does not last, and the order in which
 * recordings came cannot be seen. A voice of which the answer says nothing stays with who it is with.
 */
import type { HeardVoice } from './read.ts';
import { ownSpeakerOf, pieceOf } from './voices.ts';

/** Voices that are moved together, and what is known of them. */
interface Block {
  /** Of the speaker whose voices these are, when a name or the user's word goes with them. */
  keptId: string | null;
  name: string | null;
  voices: HeardVoice[];
}

/**
 * @param voices all of a conversation, in any order
 * @param labels by voice, what the provider called it; the labels of one answer, and only where there was one
 * @returns the speaker of each voice that gets another one than it has
 */
export function linkVoices(
  voices: readonly HeardVoice[],
  labels: ReadonlyMap<string, string>,
): Map<string, string> {
  // Whoever talks most is linked first: of two voices of one piece with one label it is the surer one.
  const ordered = [...voices].sort((a, b) => b.spokenMs - a.spokenMs || byFirstHeard(a, b));
  const clusters = new Map<HeardVoice, Block>();
  for (const block of blocksOf(ordered, labels)) for (const voice of block.voices) clusters.set(voice, block);

  const firstOf = new Map<string, HeardVoice>();
  for (const voice of ordered) {
    const label = labels.get(voice.id);
    if (label === undefined) continue;
    const first = firstOf.get(label);
    const [a, b] = [first && clusters.get(first), clusters.get(voice)];
    if (!first) firstOf.set(label, voice);
    else if (a && b && a !== b && mayBeOne(a, b)) {
      const both = united(a, b);
      for (const each of both.voices) clusters.set(each, both);
    }
  }
  const moved = new Map<string, string>();
  for (const [voice, cluster] of clusters) {
    const speakerId = speakerOf(cluster);
    if (speakerId !== voice.speakerId) moved.set(voice.id, speakerId);
  }
  return moved;
}

/** @param ordered those who talk most first */
function blocksOf(ordered: readonly HeardVoice[], labels: ReadonlyMap<string, string>): Block[] {
  return [...Map.groupBy(ordered, ({ speakerId }) => speakerId)].flatMap(([speakerId, voices]): Block[] => {
    const held = voices.filter((voice) => voice.held);
    const heard = voices.filter((voice) => !voice.held && labels.has(voice.id));
    const unheard = voices.filter((voice) => !voice.held && !labels.has(voice.id));
    const name = voices[0]?.name ?? null;
    // A name without a voice that is held: those were split off. It stays with whoever talks most.
    const core = [...(held.length > 0 ? held : heard.splice(0, 1)), ...unheard];
    const keptId = held.length > 0 || name !== null ? speakerId : null;
    const alone = heard.map((voice): Block => ({ keptId: null, name: null, voices: [voice] }));
    return [{ keptId, name, voices: core }, ...alone];
  });
}

/** Not those whom the provider told apart within a piece, nor those whom the user calls by two names. */
function mayBeOne(a: Block, b: Block): boolean {
  if (a.name !== null && b.name !== null && a.name !== b.name) return false;
  const pieces = new Set(a.voices.map(pieceOf));
  return !b.voices.some((voice) => pieces.has(pieceOf(voice)));
}

/** The name's, else the user's, else the earlier one survives. */
function united(a: Block, b: Block): Block {
  const [senior, junior] = [a, b].sort(
    (x, y) =>
      Number(y.name !== null) - Number(x.name !== null) ||
      Number(y.keptId !== null) - Number(x.keptId !== null) ||
      byFirstHeard(firstHeard(x), firstHeard(y)),
  ) as [Block, Block];
  return { keptId: senior.keptId, name: senior.name, voices: [...senior.voices, ...junior.voices] };
}

function speakerOf(cluster: Block): string {
  return cluster.keptId ?? ownSpeakerOf(firstHeard(cluster).id);
}

function firstHeard({ voices }: Block): HeardVoice {
  return voices.reduce((first, voice) => (byFirstHeard(voice, first) < 0 ? voice : first));
}

/** A total order, so that the order of the input cannot make two answers differ. */
function byFirstHeard(a: HeardVoice, b: HeardVoice): number {
  return a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
