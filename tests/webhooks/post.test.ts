/** One attempt over real connections: what counts as taken, and that nothing forbidden is ever connected to. */
import { expect, it, onTestFinished, test } from 'vitest';
import { post } from '../../src/webhooks/post.ts';
import { networks } from '../../src/webhooks/reachable.ts';
import { type Answer, startReceiver } from './receiver.ts';

const { signal } = new AbortController();
const reach = { opened: networks(['127.0.0.1']) };

async function receiverFor(host?: string) {
  const receiver = await startReceiver(host);
  onTestFinished(() => receiver.close());
  return receiver;
}

const sent = (url: string) => ({ url, headers: { 'content-type': 'application/json' }, body: '{"ä":1}' });

test.each<[string, Answer, object]>([
  ['200', { status: 200 }, { status: 200, failure: null }],
  ['204', { status: 204 }, { status: 204, failure: null }],
  ['a long answer', { status: 200, body: 'x'.repeat(500_000) }, { status: 200, failure: null }],
  ['404', { status: 404 }, { status: 404, failure: 'status' }],
  ['410', { status: 410 }, { status: 410, failure: 'status' }],
  [
    '429',
    { status: 429, headers: { 'retry-after': '120' } },
    { status: 429, failure: 'status', retryAfterMs: 120_000 },
  ],
  [
    '503 until a date',
    {
      status: 503,
      headers: {
        'retry-after': 'Wed, 21 Oct 2026 07:29:00 GMT',
        date: 'Wed, 21 Oct 2026 07:28:00 GMT',
      },
    },
    { status: 503, failure: 'status', retryAfterMs: 60_000 },
  ],
  ['304', { status: 304 }, { status: 304, failure: 'redirect' }],
])('%s', async (_, answer, outcome) => {
  const receiver = await receiverFor();
  receiver.answer('/hook', answer);
  expect(await post(sent(`${receiver.url}/hook`), { reach, signal })).toEqual(outcome);
  expect(receiver.taken).toMatchObject([{ path: '/hook', body: '{"ä":1}' }]);
});

it('gives a receiver up that does not answer', async () => {
  const receiver = await receiverFor();
  receiver.answer('/hook', 'hang');
  const outcome = await post(sent(`${receiver.url}/hook`), { reach, signal, attemptMs: 200 });
  expect(outcome).toEqual({ status: null, failure: 'timeout' });
  await receiver.close();
  expect(await post(sent(receiver.url), { reach, signal })).toEqual({ status: null, failure: 'connection' });
});

it('does not follow a redirect to an address that is forbidden, nor to any other', async () => {
  const forbidden = await receiverFor('127.0.0.2');
  const receiver = await receiverFor();
  for (const [path, to] of [
    ['/out', `${forbidden.url}/secret`],
    ['/on', `${receiver.url}/other`],
  ] as const) {
    receiver.answer(path, { status: 307, headers: { location: to } });
    const outcome = await post(sent(receiver.url + path), { reach, signal });
    expect(outcome).toEqual({ status: 307, failure: 'redirect' });
  }
  expect(forbidden.connections).toBe(0);
  expect(receiver.at('/other')).toEqual([]);
});

it('opens no connection to a forbidden address, however it is written', async () => {
  const forbidden = await receiverFor('127.0.0.2');
  const { port } = new URL(forbidden.url);
  for (const host of [
    '127.0.0.2',
    '0x7f.2',
    '2130706434',
    '0177.0.0.2',
    '[::ffff:127.0.0.2]',
    '[::ffff:7f00:2]',
  ])
    expect(await post(sent(`http://${host}:${port}/`), { reach, signal }), host).toEqual({
      status: null,
      failure: 'address_refused',
    });
  const resolve = async () => [{ address: '127.0.0.2', family: 4 }];
  const named = await post(sent(`http://receiver.example:${port}/`), { reach, signal, resolve });
  expect(named).toEqual({ status: null, failure: 'address_refused' });
  expect(forbidden.connections).toBe(0);
});

it('connects to the address that was checked, whatever the name leads to a moment later', async () => {
  const receiver = await receiverFor();
  const { port } = new URL(receiver.url);
  let asked = 0;
  const resolve = async () => [{ address: ++asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
  const first = await post(sent(`http://receiver.example:${port}/hook`), { reach, signal, resolve });
  expect(first).toEqual({ status: 200, failure: null });
  expect(asked).toBe(1);
  expect(receiver.at('/hook')[0]?.headers.host).toBe(`receiver.example:${port}`);
  const second = await post(sent(`http://receiver.example:${port}/hook`), { reach, signal, resolve });
  expect(second).toEqual({ status: null, failure: 'address_refused' });
});

it('refuses a name of which one address is forbidden, and one that does not exist', async () => {
  const receiver = await receiverFor();
  const resolve = async () => ['127.0.0.1', '10.0.0.1'].map((address) => ({ address, family: 4 }));
  const both = await post(sent(receiver.url.replace('127.0.0.1', 'receiver.example')), {
    reach,
    signal,
    resolve,
  });
  expect(both).toEqual({ status: null, failure: 'address_refused' });
  const nobody = async () => {
    throw new Error('ENOTFOUND');
  };
  const unknown = await post(sent('https://receiver.example/'), { reach, signal, resolve: nobody });
  expect(unknown).toEqual({ status: null, failure: 'name_not_found' });
  expect(receiver.connections).toBe(0);
});
