/**
 * Which voices are one speaker, by what a provider says of them when it hears them side by side. Pure.
 *
 * What the user decided is not touched: voices that they hold stay together, under their name. All others are dealt out
 * anew by each answer, since a later one has heard more; so an early mistake does not last, and the order in which
 * recordings came cannot be seen. A voice of which the answer says nothing stays with who it is with, if it can.
 */
import type { HeardVoice } from './read.ts';
import { ownSpeakerOf, pieceOf } from './voices.ts';

/** Voices that are one speaker, and what the user has said of them. */
interface Cluster {
  /** Of the speaker whose voices the user holds. */
  heldId: string | null;
  name: string | null;
  voices: HeardVoice[];
}

type Clusters = Map<HeardVoice, Cluster>;

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
  const clusters = asHeld(ordered, labels);
  linkByLabel(ordered, labels, clusters);
  // Last, so that nobody of whom nothing was said stands in the way of a link: the same answer again would not find
  // them there, and come to another end.
  letTheOthersFollow(ordered, clusters);
  const moved = new Map<string, string>();
  for (const [voice, { heldId, voices: all }] of clusters) {
    const speakerId = heldId ?? ownSpeakerOf(firstHeard(all).id);
    if (speakerId !== voice.speakerId) moved.set(voice.id, speakerId);
  }
  return moved;
}

/** What the user holds is together from the start; of the others, those with a label stand alone. */
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

/** Not those whom the provider told apart within a piece, nor those whom the user calls by two names. */
function mayBeOne(a: Cluster, b: Cluster): boolean {
  if (a.name !== null && b.name !== null && a.name !== b.name) return false;
  return !sharesPiece(a.voices, b.voices);
}

function sharesPiece(a: readonly HeardVoice[], b: readonly HeardVoice[]): boolean {
  const pieces = new Set(a.map(pieceOf));
  return b.some((voice) => pieces.has(pieceOf(voice)));
}

/** The named one survives, else the one that the user holds, else the earlier one. */
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

/** A total order, so that the order of the input cannot make two answers differ. */
function byFirstHeard(a: HeardVoice, b: HeardVoice): number {
  return a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
