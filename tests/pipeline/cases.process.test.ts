/** Recordings that went wrong in ways that people met: what is in them is heard, at its time. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inOrder, spokenWords } from '../speech/word-error-rate.ts';
import { useServer } from '../support/server.ts';
import { Person } from './person.ts';

const FOLDER = new URL('../fixtures/cases/', import.meta.url);
const START_MS = 1_774_000_000_000;
const START_TOLERANCE_MS = 700;
const LIMIT_MS = 300_000;

const CLIPS = {
  jfk: 'and so my fellow americans ask not what your country can do for you ask what you can do for your country',
  'libri-2412-0001':
    'it will be seen that i did not succeed in my design and that however much i may have met with that was new and strange i have been unable to reap any pecuniary advantage',
  'austen-0870':
    'and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them',
  'austen-0890': 'unless to be rather cold hearted and rather selfish is to be ill disposed',
} as const;

const OMI = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';
const server = useServer();

test.each<[file: string, name: string, said: [clip: keyof typeof CLIPS, atMs: number][]]>([
  [
    'O05b.ogg',
    'memo_1774000000.oga',
    [
      ['austen-0870', 500],
      ['austen-0890', 7_900],
    ],
  ],
  [
    'O22.ogg',
    'memo_1774000000.ogg',
    [
      ['jfk', 500],
      ['libri-2412-0001', 500],
    ],
  ],
  [
    'B01.bin',
    OMI,
    [
      ['jfk', 1_000],
      ['austen-0870', 13_000],
    ],
  ],
  [
    'B04.bin',
    OMI,
    [
      ['jfk', 1_000],
      ['austen-0870', 13_000],
    ],
  ],
])(
  '%s',
  async (file, name, said) => {
    const person = new Person(server, file.replace('.', '-'));
    const { id } = await person.upload([
      { name, bytes: new Uint8Array(readFileSync(new URL(file, FOLDER))) },
    ]);
    const upload = await person.uploadDone(id);
    const isDamaged = file === 'B01.bin';
    expect(upload.files).toMatchObject([
      {
        outcome: 'completed',
        code: isDamaged ? 'damaged' : null,
        audio: { damage: isDamaged ? 'zero_length_frame' : null },
        speechWithoutWords: [],
      },
    ]);
    if (isDamaged) expect(upload.files[0]?.reason).toContain('0.02 s');
    const segments = (await person.conversations()).flatMap((conversation) => conversation.segments);
    const heard = spokenWords(segments.map(({ text }) => text).join(' ')).map((word) =>
      word === 'mr' ? 'mister' : word,
    );
    for (const [clip, atMs] of said) {
      const words = spokenWords(CLIPS[clip]);
      const found = inOrder(words, heard);
      expect(found / words.length, `${clip} in ${heard.join(' ')}`).toBeGreaterThanOrEqual(0.85);
      const starts = segments.map(({ startedAtMs }) => Math.abs(startedAtMs - START_MS - atMs));
      expect(Math.min(...starts)).toBeLessThanOrEqual(START_TOLERANCE_MS);
    }
  },
  LIMIT_MS,
);
