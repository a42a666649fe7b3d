/** More long recordings at once than the threads have places. */
import { Application, createEncoder } from 'libopus-wasm';
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { omiFile } from '../audio/omi-writer.ts';
import { useServer } from '../support/server.ts';
import { chance } from './chance.ts';
import { Person } from './person.ts';

const PACKET_MS = 60;
/** A thread stops after two minutes of sound of which nobody is told. */
const LENGTH_MS = 180_000;
/** One thread hears eight, and three of those that wait for it could have taken all slots. */
const RECORDINGS = 16;

const providers = await startProviders({ seed: 1 });
const server = useServer({
  AFTERWORD_RECOGNIZERS: '1',
  AFTERWORD_TRANSCRIBER: 'deepgram',
  AFTERWORD_DEEPGRAM_URL: providers.url,
  AFTERWORD_DEEPGRAM_KEY: 'simulated',
  AFTERWORD_TRANSCRIBER_CALLS: `${RECORDINGS}`,
});
afterAll(() => providers.close());

test('all end: none that waits for a thread keeps those that have one from going on', {
  timeout: 120_000,
}, async () => {
  const hum = await noise();
  const startedAtS = Math.floor(Date.now() / 1000) - 7200;
  const files = Array.from({ length: RECORDINGS }, (_, nth) => ({
    name: `audio_omi_opus_fs320_16000_1_fs320_${startedAtS + 200 * nth}.bin`,
    bytes: new Uint8Array(omiFile(new Array<Uint8Array>(LENGTH_MS / PACKET_MS + nth).fill(hum))),
  }));
  const person = new Person(server, 'many');
  const { id } = await person.upload(files);
  const { files: done } = await person.uploadDone(id);
  expect(done.map(({ outcome }) => outcome)).toEqual(files.map(() => 'silent'));
});

/** A little of it: no speech, and it has to be listened to. */
async function noise(): Promise<Uint8Array> {
  const samples = 16 * PACKET_MS;
  const application = Application.Voip;
  const encoder = await createEncoder({
    sampleRate: 16_000,
    channels: 1,
    application,
    bitrate: 8_000,
    frameSize: samples,
  });
  const random = chance(1);
  const made = () =>
    encoder.encode(Int16Array.from({ length: samples }, () => Math.floor(random() * 41) - 20)).slice();
  made();
  const packet = made();
  encoder.free();
  return packet;
}
