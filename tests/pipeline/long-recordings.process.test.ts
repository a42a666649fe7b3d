/** Recordings of hours: they give way to others, pay for what was heard, and go on where they were. */

import { Application, createEncoder } from 'libopus-wasm';
import { expect, test } from 'vitest';
import { guessLengthMs } from '../../src/intake/fair-queue.ts';
import { omiFile } from '../audio/omi-writer.ts';
import { until } from '../engine/fixtures/scene.ts';
import { useServer } from '../support/server.ts';
import { chance } from './chance.ts';
import { Person, type SentFile } from './person.ts';

const LIMIT_MS = 240_000;
const HOUR_MS = 3_600_000;
const PACKET_MS = 60;
const PLACES = 2;
/** Heard in some 4 s of one core, and long enough for four marks. */
const LONG_MS = HOUR_MS / 6;
/** Of one-byte packets, which are heard in 2 s of one core. */
const EMPTY_MS = 2 * HOUR_MS;

// One recognizer, and one more place than that.
const server = useServer({ AFTERWORD_RECOGNIZERS: '1', AFTERWORD_MODEL: 'tiny', AFTERWORD_QUIET_MS: '100' });
/** A little noise: no speech, and it has to be listened to. */
const hum = await noise();

function longFile(nth: number, packet: Uint8Array | undefined, lengthMs: number): SentFile {
  const packets = new Array<Uint8Array>(Math.round(lengthMs / PACKET_MS) + nth).fill(
    packet ?? expect.unreachable(),
  );
  const startedAtS = Math.floor((Date.now() - HOUR_MS) / 1000) + nth;
  return {
    name: `audio_omi_opus_fs320_16000_1_fs320_${startedAtS}.bin`,
    bytes: new Uint8Array(omiFile(packets)),
  };
}

async function rowsOf(person: Person) {
  return await server.query((db) =>
    db.selectFrom('recordings').selectAll().where('user_id', '=', person.id).execute(),
  );
}

test(
  'somebody else is heard before more long recordings than there are places',
  async () => {
    const sleeper = new Person(server, 'sleeper');
    const long = await sleeper.upload(
      Array.from({ length: PLACES + 2 }, (_, nth) => longFile(nth, hum[1], LONG_MS)),
    );
    await until('all places to be taken', async () => {
      const rows = await rowsOf(sleeper);
      return rows.filter(({ heard_ms }) => heard_ms > 0).length >= PLACES;
    });
    const other = new Person(server, 'other');
    const short = await other.upload([longFile(9, hum[1], 11_000)]);
    await other.uploadDone(short.id);
    const left = (await rowsOf(sleeper)).filter(({ finished_at_ms }) => finished_at_ms === null);
    // Not one of them would have had to end before it.
    expect(left.length).toBeGreaterThan(PLACES);
    await sleeper.uploadDone(long.id);
    const rows = await rowsOf(sleeper);
    expect(rows.map(({ outcome }) => outcome)).toEqual(rows.map(() => 'silent'));
    expect(rows.map(({ duration_ms }) => Math.round((duration_ms ?? 0) / 60_000))).toEqual(
      rows.map(() => LONG_MS / 60_000),
    );
    // The account is of the whole file, however often it was gone on with.
    for (const { decode_report } of rows)
      expect(decode_report?.frames).toBeGreaterThanOrEqual(LONG_MS / PACKET_MS);
  },
  LIMIT_MS,
);

test(
  'hours in a few bytes are paid for as hours',
  async () => {
    const person = new Person(server, 'few-bytes');
    const file = longFile(0, Uint8Array.of(0x18), EMPTY_MS);
    expect(guessLengthMs(file.bytes.length, null, file.name)).toBeLessThan(EMPTY_MS / 10);
    const sentAtMs = Date.now();
    const { id } = await person.upload([file]);
    await person.uploadDone(id);
    const turn = await server.query((db) =>
      db.selectFrom('turns').selectAll().where('user_id', '=', person.id).executeTakeFirstOrThrow(),
    );
    expect(Math.round((turn.served_ms - sentAtMs) / 60_000)).toBe(EMPTY_MS / 60_000);
  },
  LIMIT_MS,
);

test(
  'a recording whose worker is killed goes on from its mark',
  async () => {
    const person = new Person(server, 'killed');
    const { id } = await person.upload([longFile(20, hum[1], 1.5 * LONG_MS)]);
    // Not the first one: whoever began anew would pass earlier ones again, and write those down.
    const marked = await until(
      'a mark that is not the first',
      async () => {
        const mark = (await rowsOf(person))[0]?.mark;
        return (mark?.heardMs ?? 0) >= LONG_MS / 2 ? mark : null;
      },
      LIMIT_MS,
    );
    await server.killTree();
    await server.start();
    const heard: number[] = [];
    await until(
      'the end',
      async () => {
        const [row] = await rowsOf(person);
        if (row) heard.push(row.mark?.heardMs ?? 0);
        return row?.finished_at_ms;
      },
      LIMIT_MS,
    );
    const [row] = await rowsOf(person);
    // Nobody has heard it from its start again, and its death is not held against it.
    expect(row).toMatchObject({ outcome: 'silent', crashes: 0, held_by: null });
    expect(Math.min(...heard)).toBeGreaterThanOrEqual(marked.heardMs);
    expect((await person.uploadDone(id)).files[0]?.outcome).toBe('silent');
  },
  LIMIT_MS,
);

async function noise(): Promise<Uint8Array[]> {
  const samples = 16 * PACKET_MS;
  const encoder = await createEncoder({
    sampleRate: 16_000,
    channels: 1,
    application: Application.Voip,
    bitrate: 8_000,
    frameSize: samples,
  });
  const random = chance(1);
  const packets = Array.from({ length: 2 }, () =>
    encoder.encode(Int16Array.from({ length: samples }, () => Math.floor(random() * 41) - 20)).slice(),
  );
  encoder.free();
  return packets;
}
