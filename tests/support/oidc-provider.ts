/** A real OpenID Connect provider that somebody else wrote, on a port of its own; who signs in is said by the test. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { onTestFinished } from 'vitest';

export interface TestProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who sits before the browser. */
  person: { subject: string; email?: string; email_verified?: boolean };
  stop(): Promise<void>;
}

/** @param redirectUris where it may send browsers back to */
export async function startProvider(redirectUris: () => string[]): Promise<TestProvider> {
  const server = createServer((request, response) => void handle(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  onTestFinished(stop);
  const test: TestProvider = {
    issuer,
    clientId: 'afterword',
    clientSecret: 'a secret of the client',
    person: { subject: 'ana' },
    stop,
  };
  let provider: Provider | undefined;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    provider ??= create(test, redirectUris());
    if (!request.url?.startsWith('/interaction/')) return void provider.callback()(request, response);
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: test.person.subject, clientId: String(params.client_id) });
    grant.addOIDCScope('openid email profile');
    const consent = { grantId: await grant.save() };
    const result = { login: { accountId: test.person.subject }, consent };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  return test;
}

function create(test: TestProvider, redirectUris: string[]): Provider {
  const provider = new Provider(test.issuer, {
    clients: [{ client_id: test.clientId, client_secret: test.clientSecret, redirect_uris: redirectUris }],
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: [] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ ...test.person, sub: id }),
    }),
  });
  provider.on('server_error', (_context, error) => console.error(error));
  return provider;
}
