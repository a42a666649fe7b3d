import { danglingWords, plain, tokens } from './words.ts';

/** A clause may end before any of these, but only after these does a clause begin that stands without the one before it. */
const newClause = new Set('and but or so because then however'.split(' '));
const goesOn = new Set(
  'which who that when while if unless than where until after before although though since as'.split(' '),
);
const prepositions = new Set(
  'of in on at to from for with by about into onto over under between through during without'.split(' '),
);
const opening = new Set(
  'so and but or because well okay ok now then yeah yes also anyway actually basically alright oh um uh er hey hi hello however'.split(
    ' ',
  ),
);
const clauseMark = /[,;:.!?…、，。；：！？—–]["'”’)]*$/u;
// Some marks are left out, because the sign in "5%" and "#1" belongs to its word.
const marksBefore = /^[\s,;:.!?…、，。；：！？—–"'“”‘’«»()[\]¿¡-]+/u;
const marksAfter = /[\s,;:.!?…、，。；：！？—–"'“”‘’«»()[\]-]+$/u;
const openingPhrases =
  /^(?:i think|i guess|i believe|i mean|you know|you see|i would say|i'd say|let['’]s (?:get started|start) with|let['’]s begin with|by the way|(?:hi|hello|hey) there|(?:good morning|good afternoon|good evening|welcome)(?: everyone| everybody| all)?|(?:oh )?(?:wow|whoa|oh my god|my goodness)(?=,)|(?:listen|look)(?=,)|first of all|to be honest|let me say|as i said|it will be seen that|the thing is)\b[,\s]*(?:that\s)?/i;

export interface Phrase {
  text: string;
  atSentenceStart: boolean;
  /** The clause went on where the phrase had to stop. */
  unfinished?: true;
}

/** Bounds the trimming: without this "so, so, so…" would be tried in every length. */
const farthest = 2;

/** Finds phrases that can stand alone: runs of whole clauses that fit, never cut inside a word, never left incomplete. */
export function phrasesOf(sentence: string, longest: number): Phrase[] {
  const all = tokens(sentence);
  const word = (index: number) => {
    const token = all[index];
    return token ? plain(sentence.slice(token.start, token.end)) : '';
  };
  const afterMark = (index: number) => {
    const before = all[index - 1];
    return before !== undefined && clauseMark.test(sentence.slice(before.start, before.end));
  };
  const cuts = all.flatMap((token, index) => {
    const opens = index === 0 || afterMark(index) || newClause.has(word(index));
    return opens || goesOn.has(word(index)) ? [{ at: token.start, opens }] : [];
  });
  const found = new Map<string, Phrase>();
  cuts.forEach((cut, i) => {
    if (!cut.opens) return;
    for (const end of [...cuts.slice(i + 1).map((next) => next.at), sentence.length]) {
      if (end - cut.at > farthest * longest) break;
      const text = trimmed(sentence.slice(cut.at, end));
      if (text.length > longest) break;
      if (text !== '' && !found.has(text)) found.set(text, { text, atSentenceStart: i === 0 });
    }
  });
  const head = firstWords(
    sentence,
    longest,
    (index) => prepositions.has(word(index)) || newClause.has(word(index)) || goesOn.has(word(index)),
  );
  // A transcriber that writes no punctuation leaves no border to cut at; its first words are better than none.
  const start = head === '' && !/\p{P}/u.test(sentence) ? firstWords(sentence, longest, () => true) : head;
  if (![...found.values()].some((phrase) => phrase.atSentenceStart) && start !== '') {
    found.set(start, { text: start, atSentenceStart: true, unfinished: true });
  }
  return [...found.values()];
}

function firstWords(sentence: string, longest: number, mayCutBefore: (index: number) => boolean): string {
  let best = '';
  const all = tokens(sentence);
  all.forEach((_, index) => {
    const end = all[index - 1]?.end ?? 0;
    if (index === 0 || end > farthest * longest || !mayCutBefore(index)) return;
    const text = trimmed(sentence.slice(0, end));
    if (text.length <= longest && text.length > best.length) best = text;
  });
  return best;
}

/** Removes words that only lead in, words that lead nowhere, and the marks around them. */
export function trimmed(text: string): string {
  let rest = text;
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(marksBefore, '').replace(openingPhrases, '');
    const first = tokens(rest)[0];
    const word = rest.slice(first?.start, first?.end);
    // "We'll" is spelled like "well" once its apostrophe is gone.
    if (first && !/\p{L}['’]\p{L}/u.test(word) && opening.has(plain(word)) && !/^because of\b/i.test(rest))
      rest = rest.slice(first.end);
  }
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(marksAfter, '');
    const last = tokens(rest).at(-1);
    if (last && danglingWords.has(plain(rest.slice(last.start, last.end)))) rest = rest.slice(0, last.start);
  }
  return rest;
}
