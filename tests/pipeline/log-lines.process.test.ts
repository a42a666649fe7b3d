/** One recording is followed through the log of api and worker by its id, as docs/debugging.md says. */
import { expect, test } from 'vitest';
import { until } from '../engine/fixtures/scene.ts';
import { useServer } from '../support/server.ts';
import { formOf, type SentFile } from './person.ts';
import { dayFiles } from './sample-day.ts';

const server = useServer({ AFTERWORD_MODEL: 'tiny' });

test('each line about a recording names it, its attempt, and the request that brought it', async () => {
  const sent = await fetch(`${server.url}/api/v1/recordings`, {
    method: 'POST',
    headers: { 'x-request-id': 'gateway-7' },
    body: formOf([dayFiles[0] as SentFile]),
  });
  const { files } = (await sent.json()) as { files: { recordingId: string }[] };
  const recordingId = files[0]?.recordingId ?? '';
  const lines = await until(
    'the end of the recording in the log',
    async () => {
      const about = (await server.journal()).filter((line) => JSON.stringify(line).includes(recordingId));
      return about.some((line) => line.outcome === 'completed') ? about : null;
    },
    120_000,
  );
  expect(lines.map(({ part }) => part)).toEqual(['api', 'worker', 'worker']);
  for (const line of lines) expect(line).toMatchObject({ recordingId, requestId: 'gateway-7' });
  for (const line of lines.slice(1)) expect(line.attempt).toBe(1);
});
