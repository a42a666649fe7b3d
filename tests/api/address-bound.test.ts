import { expect, it } from 'vitest';
import { networkOf } from '../../src/api/address-bound.ts';
import { startApi } from '../support/api.ts';
import { startProvider } from '../support/oidc-provider.ts';

it('one address asks for few sign-ins at once, by GET and HEAD, and what it says of others does not count', async () => {
  const { issuer, clientId, clientSecret } = await startProvider(() => []);
  const oidc = { issuer, clientId, clientSecret };
  const { url } = await startApi({ modes: ['oidc'], singleUser: false, oidc });
  const ask = async (path: string, method: string, n: number) =>
    await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: { 'x-forwarded-for': `10.0.0.${n}` },
    });
  const answers = await Promise.all(
    Array.from({ length: 90 }, async (_, n) =>
      n % 3 === 0
        ? await ask('/auth/callback?code=x&state=y', 'GET', n)
        : await ask('/auth/sign-in', n % 2 ? 'GET' : 'HEAD', n),
    ),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(10);
  expect(answers.filter(({ status }) => status === 302).length).toBeGreaterThan(10);
  for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  // Nobody who is signed in, and nothing else, is kept out by it.
  expect((await fetch(`${url}/api/v1/recordings`)).status).toBe(401);
});

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:1:2::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
