/** Two recordings of one microphone whose clocks say the same time: what each of them says is heard, and the same sound once. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { spokenWords } from '../speech/word-error-rate.ts';
import { useServer } from '../support/server.ts';
import { Person, type SentFile, type Upload } from './person.ts';
import { dayFiles } from './sample-day.ts';

const FOLDER = new URL('../fixtures/cases/', import.meta.url);
const OMI = 'audio_omi_opus_fs320_16000_1_fs320_';
const LIMIT_MS = 300_000;
const server = useServer();

const file = (from: string, name: string): SentFile => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(from, FOLDER))),
});

async function heard(person: Person): Promise<string> {
  const segments = (await person.conversations()).flatMap((conversation) => conversation.segments);
  return spokenWords(segments.map(({ text }) => text).join(' ')).join(' ');
}

test.each<[what: string, files: SentFile[], said: RegExp[]]>([
  [
    'imports that all carry one date',
    [file('T02-part0.wav', 'part0_1774000000.wav'), file('T02-part1.wav', 'part1_1774000000.wav')],
    [/he was not an ill disposed young man/, /he might even have been made amiable himself/],
  ],
  [
    'a clock that was set back between two files',
    [file('T03-first.bin', `${OMI}1774000000.bin`), file('T03-second.bin', `${OMI}1774000003.6.bin`)],
    [
      /my fellow americans/,
      /what your country can do for you/,
      /leisure to consider how much/,
      /a more amiable woman/,
    ],
  ],
])(
  '%s: nothing of what they say is hidden',
  async (what, files, said) => {
    const person = new Person(server, `same-time-${what.split(' ')[0]}`);
    const { id } = await person.upload(files);
    const upload = await person.uploadDone(id);
    expect(upload.files.map((receipt) => receipt.heardElsewhere)).toEqual(files.map(() => []));
    const words = await heard(person);
    for (const sentence of said) expect(words).toMatch(sentence);
  },
  LIMIT_MS,
);

test(
  'the same minute sent twice by a clock that was corrected by 3 s is heard once, and the receipt tells where',
  async () => {
    const person = new Person(server, 'same-minute');
    const [first] = dayFiles;
    if (!first) throw new Error('the sample day is empty');
    // Other bytes of the same sound: the file as it was flushed before its last frames came.
    const early = {
      name: first.name.replace('1774000000', '1774000003'),
      bytes: first.bytes.slice(0, -2_000),
    };
    const uploads: Upload[] = [];
    for (const one of [first, early]) uploads.push(await person.uploadDone((await person.upload([one])).id));
    const words = await heard(person);
    expect(words.match(/not an ill disposed young man/g)).toHaveLength(1);
    const [kept, repeated] = uploads.map((upload) => upload.files[0]);
    expect(kept?.heardElsewhere).toEqual([]);
    expect(repeated?.heardElsewhere).toMatchObject([{ recordingId: kept?.recordingId }]);
    expect(repeated?.heardElsewhere[0]?.ms).toBeGreaterThan(10_000);
  },
  LIMIT_MS,
);
