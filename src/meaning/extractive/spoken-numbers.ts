const ones = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');
const values = new Map<string, number>([
  ...ones.map((word, index): [string, number] => [word, index + 1]),
  ['a', 1],
  ['an', 1],
  ['fifteen', 15],
  ['twenty', 20],
  ['thirty', 30],
  ['forty', 40],
  ['forty five', 45],
  ['forty-five', 45],
  ['fifty', 50],
  ['sixty', 60],
  ['ninety', 90],
  ['a few', 3],
  ['a couple', 2],
  ['a couple of', 2],
]);

/** An alternation for regular expressions. The longest come first, because the first match wins. */
export const smallNumber = `(?:\\d{1,3}|${[...values.keys()].sort((a, b) => b.length - a.length).join('|')})`;

export const hourWord = `(?:${[...ones].sort((a, b) => b.length - a.length).join('|')})`;

export function countSaid(spoken: string): number {
  const text = spoken.toLowerCase().trim();
  return values.get(text) ?? Number(text);
}

const ordinals =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'.split(
    ' ',
  );
const tens: [string, number][] = [
  ['twenty', 20],
  ['thirty', 30],
];
const ordinalValues = new Map<string, number>([
  ...ordinals.map((word, index): [string, number] => [word, index + 1]),
  ...tens.flatMap(([ten, value]) =>
    ordinals.slice(0, 9).flatMap((word, index): [string, number][] => [
      [`${ten} ${word}`, value + index + 1],
      [`${ten}-${word}`, value + index + 1],
    ]),
  ),
  ['thirtieth', 30],
]);

export const ordinal = `(?:\\d{1,2}(?:st|nd|rd|th)|${[...ordinalValues.keys()].sort((a, b) => b.length - a.length).join('|')})`;

export function ordinalValueOf(spoken: string): number {
  const text = spoken.toLowerCase();
  return ordinalValues.get(text) ?? Number.parseInt(text, 10);
}
