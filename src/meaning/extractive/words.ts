const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Lists words that carry grammar and no subject. Apostrophes are removed as in `plain`. */
const functionWords = set(`
  a about above across after again against ago ah all almost along already also although always am among an and another any
  anybody anyone anything anyway are arent around as at away back be because been before being below between both
  but by can cannot cant come could couldnt did didnt do does doesnt doing done dont down during each either else
  even ever every everybody everyone everything few for from get gets getting give go goes going gonna gone good got
  gotta had hadnt has hasnt have havent having he hed hell her here heres hers herself him himself his how however i
  id if ill im in into is isnt it itd itll its itself ive just kind know let lets like little look lot lots made make many
  may maybe me mean might mine more most much must my myself need neither never no nobody none nor not nothing
  now of off oh okay ok on once one only onto or other our ours ourselves out over own perhaps please pretty put quite
  rather really right said same say see seem seemed shall she shed shell shes should shouldnt since so some somebody
  someone something sometimes somewhere soon still such sure take than thank thanks that thats the their theirs
  them themselves then there theres these they theyd theyll theyre theyve thing things think this those though
  through thus till to today together too toward towards under unless until up upon us very want was wasnt way we
  wed well went were werent weve what whatever whats when where whether which while who whole whom whose why
  will with within without wont would wouldnt yeah yes yet you youd youll your youre yours yourself youve`);

const numberWords = set(`
  zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
  seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion
  point double triple uno`);

/** A phrase may not end in one of these: the listener would wait for the rest. */
export const danglingWords = set(`
  a an and or but nor so yet the this these those my your our their its his i we he she they who whom whose which that what
  when where while whether if unless until because since although though as than like of in on at to from for with by about
  into onto over under between among through during before after without within upon toward towards against via per
  is are was were be been being am have has had do does did will would can could shall should may might must not no
  very more most too quite rather really just even also only such some any every each another im ill ive id youre
  youll youve weve were well theyre theyll its isnt arent wasnt dont doesnt didnt wont cant couldnt wouldnt shouldnt
  however unless either neither both gonna gotta lets there heres theres thats`);

/** After these words a pause does not end the sentence. Words like "than he was" can end one. */
export const unfinishedWords = set(`
  a an and or but nor the my our your their its of to from with by into onto because if unless whether although i we im ill`);

const fillerWords = set('um uh uhm umm er erm ah eh hmm hm mm mmm mhm uhhuh huh oh');
const smallTalk = set(`
  um uh uhm umm er erm ah eh hmm hm mm mmm mhm uhhuh huh oh yeah yep yes yup no nope nah ok okay right sure well so
  like alright all great cool fine good nice thanks thank you bye hello hi hey wow exactly absolutely totally indeed
  really what i know see mean and but then the it is that`);

/** Reduces a word to its plain form, without case, quotes, punctuation and differences in the encoding of accents. */
export function plain(word: string): string {
  return word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

// A segmenter is needed because Chinese, Japanese and Thai put no spaces between words.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
const unspacedScript =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

export interface Token {
  start: number;
  end: number;
}

/** Splits text into whole words with the punctuation that touches them, so that a cut is never inside a word. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(/\S+/gu)) {
    const start = match.index;
    if (!unspacedScript.test(match[0])) {
      found.push({ start, end: start + match[0].length });
      continue;
    }
    for (const piece of segmenter.segment(match[0])) {
      const previous = found.at(-1);
      const from = start + piece.index;
      if (!piece.isWordLike && previous && previous.end === from) previous.end = from + piece.segment.length;
      else found.push({ start: from, end: from + piece.segment.length });
    }
  }
  return found;
}

export function plainWords(text: string): string[] {
  return tokens(text)
    .map((token) => plain(text.slice(token.start, token.end)))
    .filter((word) => word !== '');
}

export function contentWords(text: string): string[] {
  return plainWords(text).filter(
    (word) => !functionWords.has(word) && !numberWords.has(word) && !/^\p{N}+$/u.test(word),
  );
}

export const isFiller = (word: string): boolean => fillerWords.has(plain(word));

/** Recognises small talk: "Okay, yeah. Right." and "Perfect." say nothing that a summary could keep. */
export function isSmallTalk(text: string): boolean {
  const words = plainWords(text);
  if (words.length <= 6 && words.every((word) => smallTalk.has(word))) return true;
  return words.length <= 3 && looksLatin(text) && contentWords(text).length < 2;
}

const looksLatin = (text: string): boolean => !/\p{L}/u.test(text.replace(/\p{Script=Latin}/gu, ''));

/** Says whether a text looks English, because the embedding model's nearness is noise in other languages. */
export function looksEnglish(text: string): boolean {
  const words = plainWords(text);
  if (words.length === 0) return false;
  const latin = words.filter((word) => /^[\p{Script=Latin}\p{N}]+$/u.test(word)).length / words.length;
  const english =
    words.filter((word) => functionWords.has(word) || numberWords.has(word)).length / words.length;
  return latin > 0.8 && (english >= 0.25 || (words.length <= 6 && latin === 1));
}

export function capitalised(text: string): string {
  const first = text.match(/^\P{L}*(\p{L})/u);
  if (!first?.[1]) return text;
  const at = first[0].length - first[1].length;
  // Some letters grow when raised (ß becomes SS); those stay as they are.
  const raised = first[1].toUpperCase();
  return raised.length === first[1].length
    ? text.slice(0, at) + raised + text.slice(at + raised.length)
    : text;
}
