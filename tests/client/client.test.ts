import { AfterwordProblem, createClient, orThrow } from '@afterword/client';
import { describe, expect, it } from 'vitest';
import { formOf, NAME, startApi } from '../support/api.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';

const HEADERS = { 'x-afterword-user': 'anna' };

describe('the client against a running server', () => {
  it('sends files with their times, reads them back, and follows what happens to them', async () => {
    const { url } = await startApi();
    const afterword = createClient({ baseUrl: `${url}/`, headers: HEADERS });
    const upload = await afterword.sendFiles([
      { name: NAME, blob: new Blob(['one']) },
      { name: 'two.wav', blob: new Blob(['two']), startedAtMs: 1_774_000_000_000 },
    ]);
    expect(upload.files.map(({ name }) => name)).toEqual([NAME, 'two.wav']);
    // A file ended when it was last written, where nothing else tells; 32 bytes of a WAV file are a millisecond.
    const writtenAtMs = 1_774_050_000_000;
    const dated = await afterword.sendFiles([
      { name: 'three.wav', blob: new Blob(['3'.repeat(320)]), writtenAtMs },
      { name: 'four_1774000000.wav', blob: new Blob(['four']), writtenAtMs },
      { name: 'five.wav', blob: new Blob(['five']), startedAtMs: 1_774_000_000_000, writtenAtMs },
      { name: 'six.wav', blob: new Blob(['six']) },
    ]);
    expect(dated.files.map(({ startedAtMs }) => startedAtMs)).toEqual([
      writtenAtMs - 10,
      1_774_000_000_000,
      1_774_000_000_000,
      null,
    ]);
    const [three] = dated.files;
    await afterword.DELETE('/api/v1/recordings/{id}', { params: { path: { id: three?.recordingId ?? '' } } });
    const again = [{ name: 'three.wav', blob: new Blob(['3'.repeat(320)]), writtenAtMs }];
    expect((await afterword.sendFiles(again)).files).toMatchObject([{ outcome: 'deleted' }]);
    const restored = await afterword.sendFiles(again, undefined, { restore: true });
    expect(restored.files).toMatchObject([{ outcome: 'waiting' }]);
    const { recordings } = orThrow(
      await afterword.GET('/api/v1/recordings', { params: { query: { limit: 1 } } }),
    );
    expect(recordings).toHaveLength(1);
    const ended = new AbortController();
    const types: string[] = [];
    for await (const { type } of afterword.follow('/api/v1/events', { signal: ended.signal })) {
      types.push(type);
      if (types.length === 1)
        await fetch(`${url}/api/v1/recordings`, {
          method: 'POST',
          headers: HEADERS,
          body: formOf({ [NAME]: 'another' }),
        });
      if (type === 'recording.accepted') ended.abort();
    }
    expect(types[0]).toBe('snapshot');
    expect(types).toContain('recording.accepted');
  });

  it('throws what the server refuses, with its code and whether it is worth retrying', async () => {
    const { url } = await startApi();
    const afterword = createClient({ baseUrl: url, headers: HEADERS });
    const missing = afterword.GET('/api/v1/recordings/{id}', { params: { path: { id: 'rec_nothing' } } });
    const refusal = await missing.then(orThrow).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AfterwordProblem);
    expect(refusal).toMatchObject({ code: 'not_found', status: 404, retryable: false });
    await expect(afterword.sendFiles([])).rejects.toMatchObject({ code: 'no_files' });
    await expect(afterword.follow('/api/v1/uploads/upl_nothing/events').next()).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('asks a server that is away again, and goes on when it is back', async () => {
    const { url } = await startApi();
    let refusals = 2;
    const afterword = createClient({
      baseUrl: url,
      headers: HEADERS,
      fetch: async (request) => (refusals-- > 0 ? Response.error() : await fetch(request)),
    });
    const stream = afterword.follow('/api/v1/events');
    expect((await stream.next()).value).toMatchObject({ type: 'snapshot' });
    expect(refusals).toBe(-1);
    await stream.return();
  });

  it('goes on over another connection where a proxy holds the first one, and misses nothing', async () => {
    const { url } = await startApi();
    const proxy = await startHoldingProxy(url);
    const afterword = createClient({ baseUrl: proxy.url, headers: HEADERS });
    let streams = 0;
    const stream = afterword.follow('/api/v1/events', {
      silentMs: 1_000,
      fetch: async (input, init) => {
        streams += 1;
        return await fetch(input, {
          ...init,
          headers: { ...Object.fromEntries(new Headers(init?.headers)), ...HEADERS },
        });
      },
    });
    expect((await stream.next()).value).toMatchObject({ type: 'snapshot' });
    expect(proxy.hold()).toBe(1);
    await createClient({ baseUrl: url, headers: HEADERS }).sendFiles([
      { name: 'held_1774000000.wav', blob: new Blob(['no sound']) },
    ]);
    expect((await stream.next()).value?.id).toBeDefined();
    expect(streams).toBe(2);
    await stream.return();
  });
});
