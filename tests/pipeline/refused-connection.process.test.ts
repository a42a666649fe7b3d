/** On a whole server whose transcriber listens nowhere: what is told is the refused connection, also once nobody asks any more. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { useServer } from '../support/server.ts';
import { Person } from './person.ts';

const SPEECH = new URL('../fixtures/speech/', import.meta.url);
const patience = { timeout: 90_000, interval: 200 };

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  listening.close();
  await once(listening, 'close');
  return port;
}

const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_TRANSCRIBER_URL: `http://127.0.0.1:${await closedPort()}/v1`,
  AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
});

test('a recording that waits names the refused connection, also after the breaker has opened', async () => {
  const person = new Person(server, 'unheard');
  const send = async (name: string, minute: number) => {
    const bytes = new Uint8Array(await readFile(new URL(name, SPEECH)));
    const { id } = await person.uploadTold({ name, bytes }, Date.UTC(2026, 2, 3, 9, minute));
    return async () => (await person.readUpload(id)).files[0];
  };
  const refused = { outcome: 'waiting', code: 'upstream', reason: expect.stringContaining('ECONNREFUSED') };
  const leftAlone = { ...refused, reason: expect.stringMatching(/ECONNREFUSED.* left alone/) };
  const first = await send('two-cities.wav', 0);
  await expect.poll(first, patience).toMatchObject(refused);
  // Five failures in a row open the breaker; what comes then is not sent at all.
  const later = await send('digits.wav', 10);
  await expect.poll(later, patience).toMatchObject(leftAlone);
  const told = (await server.journal()).filter(({ msg }) => / waits \(/.test(msg));
  expect(told.length).toBeGreaterThanOrEqual(2);
  for (const { msg } of told) expect(msg).toContain('ECONNREFUSED');
}, 120_000);
