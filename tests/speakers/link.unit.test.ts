import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkVoices } from '../../src/speakers/link.ts';
import type { HeardVoice } from '../../src/speakers/read.ts';
import { ownSpeakerOf, pieceOf } from '../../src/speakers/voices.ts';

type Labels = ReadonlyMap<string, string>;

/** A voice that nobody has linked yet. */
function voice(id: string, more: Partial<HeardVoice> = {}): HeardVoice {
  const [recordingId = '', piece = '0'] = id.split(':');
  return {
    id,
    recordingId,
    pieceOrdinal: Number(piece),
    speakerId: ownSpeakerOf(id),
    name: null,
    held: false,
    startedAtMs: 0,
    spokenMs: 1000,
    ...more,
  };
}

/** The rows as they are after the answer. */
function linked(voices: readonly HeardVoice[], labels: Labels): HeardVoice[] {
  const moved = linkVoices(voices, labels);
  const names = new Map(voices.map(({ speakerId, name }) => [speakerId, name]));
  return voices.map((each) => {
    const speakerId = moved.get(each.id) ?? each.speakerId;
    return { ...each, speakerId, name: names.get(speakerId) ?? null };
  });
}

/** What the user says, as the rows take it. */
function named(voices: readonly HeardVoice[], at: number, name: string): HeardVoice[] {
  const speakerId = voices[at % voices.length]?.speakerId;
  return voices.map((each) => (each.speakerId === speakerId ? { ...each, name, held: true } : each));
}

function saidToBeOne(voices: readonly HeardVoice[], a: number, b: number): HeardVoice[] {
  const [gone, stays] = [voices[a % voices.length], voices[b % voices.length]] as [HeardVoice, HeardVoice];
  const ids = [gone.speakerId, stays.speakerId];
  const name = stays.name ?? gone.name;
  return voices.map((each) =>
    ids.includes(each.speakerId) ? { ...each, speakerId: stays.speakerId, name, held: true } : each,
  );
}

const groups = (voices: readonly HeardVoice[]) =>
  new Set(
    [...Map.groupBy(voices, (v) => v.speakerId).values()].map((group) =>
      group
        .map((v) => v.id)
        .sort()
        .join(),
    ),
  );

describe('one answer', () => {
  const [a, b, c] = [
    voice('r1:0:A', { startedAtMs: 10 }),
    voice('r2:0:B', { startedAtMs: 20 }),
    voice('r3:0:A', { startedAtMs: 30 }),
  ];

  test('makes one speaker of voices with one label, who is the earliest of them', () => {
    expect(
      linkVoices(
        [c, b, a],
        new Map([
          ['r1:0:A', 'x'],
          ['r3:0:A', 'x'],
          ['r2:0:B', 'y'],
        ]),
      ),
    ).toEqual(new Map([['r3:0:A', a.speakerId]]));
  });

  test('gives the name to the voices that came before it', () => {
    const ana = { ...c, name: 'Ana', held: true };
    expect(
      linkVoices(
        [a, ana],
        new Map([
          ['r1:0:A', 'x'],
          ['r3:0:A', 'x'],
        ]),
      ),
    ).toEqual(new Map([['r1:0:A', ana.speakerId]]));
  });

  test('takes back what an earlier one had linked, but not what the user holds', () => {
    const together = [a, { ...b, speakerId: a.speakerId }];
    const apart = new Map([
      ['r1:0:A', 'x'],
      ['r2:0:B', 'y'],
    ]);
    expect(linkVoices(together, apart)).toEqual(new Map([['r2:0:B', b.speakerId]]));
    expect(
      linkVoices(
        together.map((each) => ({ ...each, held: true })),
        apart,
      ),
    ).toEqual(new Map());
  });

  test('that has one label for two voices of one piece is believed for the one who talks more', () => {
    const [little, much] = [voice('r2:0:A', { spokenMs: 1 }), voice('r2:0:B', { spokenMs: 2 })];
    const labels = new Map([a, little, much].map(({ id }) => [id, 'x']));
    expect(groups(linked([little, a, much], labels))).toEqual(new Set(['r1:0:A,r2:0:B', 'r2:0:A']));
  });

  test('that says nothing of a voice leaves it with who it is with', () => {
    const silent = { ...b, speakerId: a.speakerId };
    const said = new Map([
      ['r1:0:A', 'x'],
      ['r3:0:A', 'x'],
    ]);
    expect(groups(linked([silent, a, c], said))).toEqual(new Set(['r1:0:A,r2:0:B,r3:0:A']));
    expect(groups(linked([silent, a, c], new Map([['r3:0:A', 'x']])))).toEqual(
      new Set(['r1:0:A,r2:0:B', 'r3:0:A']),
    );
  });

  test('keeps the id of those whom the user has said to be one, whoever was earlier', () => {
    const [one, other] = saidToBeOne([b, c], 0, 1) as [HeardVoice, HeardVoice];
    const said = new Map([a, one, other].map(({ id }) => [id, 'x']));
    expect(new Set(linked([a, one, other], said).map((v) => v.speakerId))).toEqual(new Set([c.speakerId]));
  });

  test('of nobody changes nothing', () => expect(linkVoices([a, b, c], new Map())).toEqual(new Map()));
});

/** Conversations in which answers and the user have had their say, in any order. */
const histories = fc
  .uniqueArray(
    fc.record({
      piece: fc.integer({ min: 0, max: 5 }),
      label: fc.constantFrom('A', 'B', 'C'),
      startedAtMs: fc.integer({ min: 0, max: 20 }),
      spokenMs: fc.integer({ min: 1, max: 6 }),
    }),
    { selector: ({ piece, label }) => `${piece}${label}`, minLength: 2, maxLength: 9 },
  )
  .map((list) =>
    list.map(({ piece, label, ...more }) => voice(`r${piece % 3}:${Math.floor(piece / 3)}:${label}`, more)),
  )
  .chain((voices) => {
    const answers = fc
      .array(fc.constantFrom('x', 'y', 'z', null), { minLength: voices.length, maxLength: voices.length })
      .map(
        (labels) => new Map(voices.flatMap(({ id }, at) => (labels[at] ? [[id, labels[at]] as const] : []))),
      );
    const one = fc.nat({ max: voices.length - 1 });
    const events = fc.oneof(
      answers.map((labels) => (now: readonly HeardVoice[]) => linked(now, labels)),
      fc.tuple(one, fc.constantFrom('Ana', 'Ben')).map(
        ([at, name]) =>
          (now: readonly HeardVoice[]) =>
            named(now, at, name),
      ),
      fc.tuple(one, one).map(
        ([a, b]) =>
          (now: readonly HeardVoice[]) =>
            saidToBeOne(now, a, b),
      ),
    );
    return fc.record({
      voices: fc.array(events, { maxLength: 4 }).map((all) => all.reduce((now, event) => event(now), voices)),
      labels: answers,
    });
  });

describe('whatever was said before', () => {
  const holds = (check: (voices: HeardVoice[], labels: Labels) => void) =>
    fc.assert(
      fc.property(histories, ({ voices, labels }) => check(voices, labels)),
      { numRuns: 3000 },
    );

  test('the order of the voices does not matter, nor what the labels are called', () =>
    fc.assert(
      fc.property(
        histories.chain(({ voices, labels }) =>
          fc.record({
            voices: fc.constant(voices),
            labels: fc.constant(labels),
            shuffled: fc.shuffledSubarray(voices, { minLength: voices.length }),
          }),
        ),
        ({ voices, labels, shuffled }) => {
          const others = new Map([...labels].map(([id, label]) => [id, `Z${-label.charCodeAt(0)}`]));
          expect(linkVoices(shuffled, others)).toEqual(linkVoices(voices, labels));
        },
      ),
      { numRuns: 3000 },
    ));

  test('the same answer again changes nothing', () =>
    holds((voices, labels) => {
      expect(linkVoices(linked(voices, labels), labels)).toEqual(new Map());
    }));

  test('the same answer again changes nothing, where a voice without a label is between two that are', () => {
    const held = { speakerId: ownSpeakerOf('r2:0:B'), held: true };
    const before = [
      voice('r0:0:A'),
      voice('r1:0:A', { speakerId: ownSpeakerOf('r0:0:A') }),
      voice('r0:0:C', { ...held, held: false }),
      voice('r1:0:B', { ...held, held: false }),
      voice('r2:0:A', held),
      voice('r2:0:B', held),
    ];
    const labels = new Map(before.flatMap(({ id }) => (id === 'r1:0:A' ? [] : [[id, 'x'] as const])));
    expect(linkVoices(linked(before, labels), labels)).toEqual(new Map());
  });

  test('two voices of one piece are one speaker only if the user said so', () =>
    holds((voices, labels) => {
      const now = linked(voices, labels);
      for (const [at, a] of now.entries()) {
        for (const b of now.slice(at + 1)) {
          if (a.speakerId !== b.speakerId || pieceOf(a) !== pieceOf(b)) continue;
          expect([a.held, b.held]).toEqual([true, true]);
        }
      }
    }));

  test('what the user holds together stays together, by its name', () =>
    holds((voices, labels) => {
      const now = linked(voices, labels);
      for (const [speakerId, before] of Map.groupBy(voices, (v) => v.speakerId)) {
        const held = now.filter(({ id }) => before.some((v) => v.id === id && v.held));
        expect(new Set(held.map((v) => v.speakerId)).size).toBeLessThanOrEqual(1);
        const name = before[0]?.name ?? null;
        // Another speaker of the same name may be the same person.
        for (const each of held) expect(each.name).toBe(name ?? each.name);
        if (name === null) continue;
        const others = voices.filter((v) => v.name === name && v.speakerId !== speakerId);
        if (others.length === 0) for (const each of held) expect(each.speakerId).toBe(speakerId);
      }
    }));

  test('a speaker without a name or a word of the user’s is the earliest of their voices', () =>
    holds((voices, labels) => {
      const asked = linked(voices, labels).filter(({ id }) => labels.has(id));
      for (const group of Map.groupBy(asked, (v) => v.speakerId).values()) {
        const all = linked(voices, labels).filter((v) => v.speakerId === group[0]?.speakerId);
        if (all.some((v) => v.held || v.name !== null)) continue;
        expect(all.map((v) => ownSpeakerOf(v.id))).toContain(group[0]?.speakerId);
        const [first] = [...all].sort((a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1));
        expect(group[0]?.speakerId).toBe(ownSpeakerOf(first?.id ?? ''));
      }
    }));
});

test('with a provider that is right, any order of arrival comes to the same speakers', () => {
  const people = fc.uniqueArray(
    fc.record({
      piece: fc.integer({ min: 0, max: 5 }),
      who: fc.constantFrom('ana', 'ben', 'eva'),
      startedAtMs: fc.integer({ min: 0, max: 20 }),
    }),
    { selector: ({ piece, who }) => `${piece}${who}`, minLength: 2, maxLength: 12 },
  );
  fc.assert(
    fc.property(
      people.chain((all) =>
        fc.record({
          all: fc.constant(all),
          order: fc.shuffledSubarray([...new Set(all.map(({ piece }) => piece))], { minLength: 1 }),
        }),
      ),
      ({ all, order }) => {
        const whoIs = new Map(all.map(({ piece, who }) => [`r${piece}:0:${who.at(1)}`, who]));
        const voices = all.map(({ piece, who, startedAtMs }) =>
          voice(`r${piece}:0:${who.at(1)}`, { startedAtMs }),
        );
        const arrived = (pieces: number[]) =>
          voices.filter((v) => pieces.includes(Number(v.recordingId.slice(1))));
        let now: HeardVoice[] = [];
        for (const [at] of order.entries()) {
          const known = new Map(now.map((v) => [v.id, v]));
          now = linked(
            arrived(order.slice(0, at + 1)).map((v) => known.get(v.id) ?? v),
            whoIs,
          );
        }
        const inOneGo = linked(arrived(order), whoIs);
        expect(now).toEqual(inOneGo);
        expect(new Set(now.map((v) => v.speakerId)).size).toBe(new Set(now.map((v) => whoIs.get(v.id))).size);
      },
    ),
    { numRuns: 1000 },
  );
});
