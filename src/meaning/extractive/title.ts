import { untitled } from '../understanding.ts';
import type { RankedSentence } from './key-sentences.ts';
import { centroid, dot, type Vectorise } from './nearness.ts';
import { phrasesOf } from './phrases.ts';
import { capitalised, contentWords, plainWords } from './words.ts';

export const longestTitle = 60;

const sentencesConsidered = 8;
const candidatesConsidered = 32;

/** Matches the announcement of a subject: what follows it is the best title. */
const announced =
  /\b(?:(?:talk|talking|chat|speak|speaking|meeting is|call is|here) (?:today )?about|discuss|discussing|the (?:topic|subject|agenda)(?: for)?(?: today)? is|go over|going over|(?:get started|start|begin|kick off) with|next (?:point|item|topic) is)\s+(.+)$/i;

interface Candidate {
  text: string;
  prior: number;
}

export async function titleOf(ranked: readonly RankedSentence[], vectorise: Vectorise): Promise<string> {
  const best = [...ranked].sort((a, b) => b.score - a.score).slice(0, sentencesConsidered);
  const announcing = ranked.filter((sentence) => announced.test(sentence.text)).slice(0, 3);
  const candidates = [...new Set([...best, ...announcing])]
    .flatMap(candidatesOf)
    .sort((a, b) => b.prior - a.prior)
    .slice(0, candidatesConsidered);
  if (candidates.length === 0) return untitled;
  const vectors = await vectorise(candidates.map((candidate) => candidate.text));
  const subject = centroid(
    best.map((sentence) => sentence.vector),
    best.map((sentence) => sentence.score),
  );
  let chosen = untitled;
  let highest = Number.NEGATIVE_INFINITY;
  candidates.forEach((candidate, index) => {
    const vector = vectors[index];
    const score = candidate.prior + (vector ? 0.5 * dot(vector, subject) : 0);
    // The margin keeps the last digits of floating point from deciding between two machines' titles.
    if (score > highest + 1e-4) [chosen, highest] = [candidate.text, score];
  });
  return capitalised(chosen);
}

function candidatesOf(sentence: RankedSentence): Candidate[] {
  const subject = sentence.text.match(announced)?.[1];
  const named =
    subject === undefined ? [] : phrasesOf(subject, longestTitle).filter((p) => p.atSentenceStart);
  const found: Candidate[] = [
    ...phrasesOf(sentence.text, longestTitle)
      .filter(({ text, atSentenceStart }) => atSentenceStart || standsAlone(text))
      .map((phrase) => ({
        text: phrase.text,
        prior:
          prior(phrase.text, sentence) - (phrase.atSentenceStart ? 0 : 0.06) - (phrase.unfinished ? 0.15 : 0),
      })),
    ...named.map((phrase) => ({ text: phrase.text, prior: prior(phrase.text, sentence) + 0.2 })),
  ];
  // A single word of a sentence is a name or a fragment.
  const whole = plainWords(sentence.text).length;
  return found.filter(({ text }) => (whole === 1 || plainWords(text).length > 1) && isTitleworthy(text));
}

function prior(text: string, sentence: RankedSentence): number {
  const words = plainWords(text);
  const content = contentWords(text).length;
  const density = words.length === 0 ? 0 : content / words.length;
  const readable = Math.min(1, text.length / 24);
  const unclear = /^(?:it|this|that|he|she|they|there|i|you|we)\b/i.test(text) ? 0.05 : 0;
  const subordinate = /^(?:if|unless|when|while|because|although|though|since|than|which|who|had|as)\b/i.test(
    text,
  )
    ? 0.1
    : 0;
  return (
    0.35 * sentence.score +
    0.2 * density +
    0.15 * readable +
    0.05 * Math.min(3, content) -
    unclear -
    subordinate
  );
}

/** Matches what people say to each other without a subject. */
const phatic = new RegExp(
  `^(?:\\p{L}+,\\s+)?(?:(?:${[
    '(?:oh |ah |well |so |okay |hey )*(?:hello|hi|hey|hiya|howdy|greetings|welcome|bye|bye bye|goodbye|cheers|congratulations|congrats|farewell|namaste|aloha)(?: there| again| everyone| everybody| all| folks| guys| you| back| \\p{Lu}\\p{Ll}+)*',
    'good (?:morning|afternoon|evening|night|day|bye|luck|grief|heavens|lord|god|job|one|point|question|idea|for you)(?: everyone| everybody| all| to you| \\p{Lu}\\p{Ll}+)*',
    "(?:and )?(?:how are you|how do you do|how are things|how['’]s it going|how have you been|how was your \\p{L}+|what['’]s up|what['’]s new|long time no see)(?: (?:all|doing|today|everyone|guys|these days|this \\p{L}+))*",
    "(?:it['’]s |it is |it was |so )?(?:very |really |so )?(?:nice|good|great|lovely|pleased|happy|glad) to (?:meet|see|hear from|have|know)(?: you)?(?: all| again| here| today| too)*",
    "(?:i['’]ll )?(?:see|talk to|speak to|catch) (?:you|ya)(?: all)?(?: (?:later|soon|around|tomorrow|then|next week|there|again|on \\p{L}+day))*",
    "(?:thank you|thanks|many thanks|much appreciated|you['’]re welcome|no problem|my pleasure|not at all|don['’]t mention it|never mind|no worries)(?: (?:so|very) much| a lot| again| everyone| everybody| all| for coming| for having me| for listening| for watching| for your time| \\p{Lu}\\p{Ll}+)*",
    "(?:oh )?(?:my (?:god|goodness|gosh|word|dear)|for (?:god|heaven|goodness|christ)['’]?s sake|goodness(?: me| gracious)?|gosh|god|jesus(?: christ)?|christ|wow|whoa|oops|ouch|ugh|yay|hooray|hurray|bravo|damn(?: it)?|shit|bloody hell|holy \\p{L}+|what the (?:hell|heck|fuck|f)|come on|no way|dear me|oh dear|oh boy|oh man|oh no|oh yes|amen|hallelujah)",
    "(?:bless|excuse|pardon|forgive|trust|believe|sorry to interrupt) (?:you|me|us)|(?:i['’]m |so |very )*sorry(?: about that)?|pardon",
    '(?:happy|merry) (?:birthday|christmas|new year|easter|anniversary|holidays|thanksgiving|halloween)(?: to you| everyone| all| \\p{Lu}\\p{Ll}+)*|cheers|sleep(?: well| tight)?|sweet dreams|take care(?: of yourself)?|have a (?:nice|good|great|lovely|safe) \\p{L}+|get well(?: soon)?|enjoy(?: your \\p{L}+)?|all the best|best wishes|good luck',
    'ladies and gentlemen|dear \\p{L}+|everyone|everybody|folks|guys|my friends',
    "(?:of course|exactly|absolutely|definitely|certainly|indeed|totally|obviously|i see|i know|i know right|i understand|i agree|i don['’]t know|i guess(?: so)?|i think so|you know|you see|that['’]s right|that['’]s true|fair enough|makes sense|same here|me too|me neither|got it|all good|sounds good|sure thing|let me see|let['’]s see|the thing(?: is)?|right|okay|yes|no|yeah|yep|nope|please|maybe|perhaps|really|seriously|whatever|anyway|look|listen|hang on|hold on|wait(?: a (?:minute|second|moment))?|one (?:moment|second))",
    '(?:can|could|do) you (?:hear|see) me(?: now)?|am i audible|are you (?:there|ready|okay|all right)|is (?:this|it) (?:on|working)|testing(?: testing)*|one two(?: three)?|check(?: one)? two',
  ].join('|')})(?:[\\s,;:.!?…–—-]+|$))+$`,
  'iu',
);

const relative = /^(?:which|who|whom|whose|than|that|of|what with|as well as|such as|rather than)\b/iu;
const subordinate =
  /^(?:if|unless|when|while|because|although|though|since|until|till|before|after|as|whereas|whether|where|once|in case|even if|even though|so that|if only)\b/iu;
const preposition =
  /^(?:in|on|at|by|to|for|from|with|without|into|onto|over|under|between|among|during|through|across|about|against|towards?|upon|near|behind|beside|around|like|despite|per)\b/iu;
/** Matches words that only a clause with a verb has, which "in the evening with the others" lacks. */
const predicate =
  /\b(?:is|are|was|were|am|be|been|has|have|had|do|does|did|will|would|can|could|shall|should|may|might|must|i|we|he|she|they|you|it|there)\b|['’](?:s|re|m|ve|ll|d)\b|n['’]t\b/iu;

/** Matches the start of a new clause behind "and" or a comma: "…and nobody noticed", not "…and rather selfish is". */
const subject =
  /^(?:[\p{Lu}\p{N}]|(?:the|a|an|my|our|your|his|her|its|their|this|that|these|those|some|any|every|each|all|both|most|many|several|no|nobody|nothing|none|everybody|everyone|everything|somebody|someone|something|i|we|you|he|she|it|they|there|one|two|three|four|five|six|seven|eight|nine|ten)(?!\p{L}))/u;

const standsAlone = (clause: string): boolean => subject.test(clause) || !/\p{Script=Latin}/u.test(clause);

/** Says whether a text can be a title: no greeting, no interjection, and no part of a sentence that needs the rest. */
function isTitleworthy(text: string): boolean {
  if (plainWords(text).length === 0 || phatic.test(text)) return false;
  if (relative.test(text)) return false;
  const [opening = '', ...rest] = text.split(/,\s+/u);
  const main = rest.join(', ');
  // "When the snow melts, the valley floods" is whole; "when the snow melts in spring" is not.
  if (/^because of\b/iu.test(text)) return predicate.test(text);
  if (subordinate.test(opening)) return main !== '' && predicate.test(main);
  if (preposition.test(text)) return predicate.test(text);
  return contentWords(text).length > 0;
}
