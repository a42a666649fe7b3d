/**
 * Decides which voices are one speaker, from a provider's answer about all of them together. Pure.
 * Decisions of the user are kept: their voices stay together, under their name. All others are assigned again by each
 * answer, since a later one is based on more audio. So an early mistake does not last, and the order in which
 * recordings came does not matter. A voice without an answer stays with its speaker if possible.
 */
import type { HeardVoice } from './read.ts';
import { ownSpeakerOf, pieceOf } from './voices.ts';

/** Voices that are one speaker, and what the user has said about that speaker. */
interface Cluster {
  /** The id of the speaker to whom the user assigned these voices. */
  heldId: string | null;
  name: string | null;
  voices: HeardVoice[];
}

type Clusters = Map<HeardVoice, Cluster>;

/**
 * @param voices all voices of a conversation, in any order
 * @param labels for each voice the provider's label; from one answer, and only for voices that got one
 * @returns the new speaker of each voice whose speaker changes
 */
export function linkVoices(
  voices: readonly HeardVoice[],
  labels: ReadonlyMap<string, string>,
): Map<string, string> {
  // Voices that talk most are linked first: of two voices of one piece with one label, the longer one is more certain.
  const ordered = [...voices].sort((a, b) => b.spokenMs - a.spokenMs || byFirstHeard(a, b));
  const clusters = asHeld(ordered, labels);
  linkByLabel(ordered, labels, clusters);
  // This comes last, so that a voice without an answer never prevents a link. Otherwise the same answer could give
  // another result the next time.
  letTheOthersFollow(ordered, clusters);
  const moved = new Map<string, string>();
  for (const [voice, { heldId, voices: all }] of clusters) {
    const speakerId = heldId ?? ownSpeakerOf(firstHeard(all).id);
    if (speakerId !== voice.speakerId) moved.set(voice.id, speakerId);
  }
  return moved;
}

/** Voices that the user decided about are together from the start; each labelled voice of the others starts alone. */
function asHeld(ordered: readonly HeardVoice[], labels: ReadonlyMap<string, string>): Clusters {
  const held = Map.groupBy(
    ordered.filter((voice) => voice.held),
    ({ speakerId }) => speakerId,
  );
  const clusters: Clusters = new Map();
  for (const [heldId, voices] of held) {
    const cluster = { heldId, name: voices[0]?.name ?? null, voices };
    for (const voice of voices) clusters.set(voice, cluster);
  }
  for (const voice of ordered) {
    if (!voice.held && labels.has(voice.id))
      clusters.set(voice, { heldId: null, name: null, voices: [voice] });
  }
  return clusters;
}

function linkByLabel(
  ordered: readonly HeardVoice[],
  labels: ReadonlyMap<string, string>,
  clusters: Clusters,
): void {
  const firstOf = new Map<string, HeardVoice>();
  for (const voice of ordered) {
    const label = labels.get(voice.id);
    if (label === undefined) continue;
    const first = firstOf.get(label);
    if (!first) firstOf.set(label, voice);
    const [a, b] = [first && clusters.get(first), clusters.get(voice)];
    if (!a || !b || a === b || !mayBeOne(a, b)) continue;
    const both = united(a, b);
    for (const each of both.voices) clusters.set(each, both);
  }
}

function letTheOthersFollow(ordered: readonly HeardVoice[], clusters: Clusters): void {
  for (const voices of Map.groupBy(ordered, ({ speakerId }) => speakerId).values()) {
    const leader = voices.find((voice) => voice.held) ?? voices.find((voice) => clusters.has(voice));
    const cluster = leader && clusters.get(leader);
    if (!cluster) continue;
    const left: Cluster = { heldId: null, name: null, voices: [] };
    for (const voice of voices.filter((each) => !clusters.has(each))) {
      const home = sharesPiece(cluster.voices, [voice]) ? left : cluster;
      home.voices.push(voice);
      clusters.set(voice, home);
    }
  }
}

/** Two voices of one piece are never merged, nor two that the user named differently. */
function mayBeOne(a: Cluster, b: Cluster): boolean {
  if (a.name !== null && b.name !== null && a.name !== b.name) return false;
  return !sharesPiece(a.voices, b.voices);
}

function sharesPiece(a: readonly HeardVoice[], b: readonly HeardVoice[]): boolean {
  const pieces = new Set(a.map(pieceOf));
  return b.some((voice) => pieces.has(pieceOf(voice)));
}

/** A named speaker stays, else one that the user decided about, else the earlier one. */
function united(a: Cluster, b: Cluster): Cluster {
  const [senior, junior] = [a, b].sort(
    (x, y) =>
      Number(y.name !== null) - Number(x.name !== null) ||
      Number(y.heldId !== null) - Number(x.heldId !== null) ||
      byFirstHeard(firstHeard(x.voices), firstHeard(y.voices)),
  ) as [Cluster, Cluster];
  return { ...senior, voices: [...senior.voices, ...junior.voices] };
}

function firstHeard(voices: readonly HeardVoice[]): HeardVoice {
  return voices.reduce((first, voice) => (byFirstHeard(voice, first) < 0 ? voice : first));
}

/** A total order, so that the order of the input cannot change the result. */
function byFirstHeard(a: HeardVoice, b: HeardVoice): number {
  return a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
