/**
 * Says which conversations hold filler only: "hm", "yeah, okay". A wearable hears many of them, and a list of them hides the
 * conversations that somebody looks for. Pure.
 * Omi's rule: at most twelve words within fifteen seconds, all of them filler. One word that may mean something keeps it.
 */
export const MOST_FRAGMENT_WORDS = 12;
export const LONGEST_FRAGMENT_MS = 15_000;

/** Sounds of thinking, of listening and of agreeing, greetings and thanks. "No" and "stop" may be meant. */
const FILLER = new Set(
  `
  ah aha ahh alright bye eh em er erm hello hey hi hm hmm huh mhm mhmm mm mmm oh ok okay ooh right so sure thanks uh uhm uhuh um umm
  well wow yeah yep yes yup
  ach ähm äh also genau hallo hmhm ja jaja joa naja na nun öh ähh tschüss
  ajá bueno eeh este hola pues sí vale ya
  ben bah bon euh eux heu hum oui ouais salut voilà
  allora beh boh ciao ehm mah sì
  ã ahn bom é olá sim tá
  hè hoi nou oké
  hej jo mmh okej tja
  ага алло да мм ну угу э эм ээ
  अच्छा उम्म हम्म हाँ हां
  うん うんうん えー ええ えっと ああ あの あのー おお はい まあ んー
  啊 嗯 嗯嗯 哦 喔 呃 唉 哎 好 好的 对 对对 喂
  `
    .trim()
    .split(/\s+/)
    .map(plain),
);

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

export function isFiller(texts: readonly string[], lengthMs: number): boolean {
  if (lengthMs > LONGEST_FRAGMENT_MS) return false;
  const words = wordsOf(texts.join(' '));
  return words.length > 0 && words.length <= MOST_FRAGMENT_WORDS && words.every((word) => FILLER.has(word));
}

/** What stands between blanks and marks, or the words in it: languages without blanks are told apart by their dictionary. */
function wordsOf(text: string): string[] {
  return (text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).flatMap((run) => {
    if (FILLER.has(plain(run))) return plain(run);
    return [...segmenter.segment(run)].flatMap(({ segment, isWordLike }) =>
      isWordLike ? plain(segment) : [],
    );
  });
}

/** "Hmmmm" is a long "hmm". */
function plain(word: string): string {
  return word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(.)\1{2,}/gu, '$1$1');
}
