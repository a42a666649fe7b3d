/** Push services that check what they are sent: FCM of our own, and a Web Push service that somebody else wrote. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { buffer, json, text } from 'node:stream/consumers';
import getPort from 'get-port';
import { jwtVerify } from 'jose';
import { onTestFinished } from 'vitest';
import type { Subscription } from '../../src/push/devices.ts';
import type { FcmSettings } from '../../src/push/fcm.ts';

export interface FcmMessage {
  token: string;
  notification: { title: string; body: string };
  data: Record<string, string>;
  android: { collapse_key: string; ttl: string };
}

interface Answer {
  status: number;
  body?: object;
  retryAfter?: string;
}

const NOT_FOUND: Answer = {
  status: 404,
  body: {
    error: {
      code: 404,
      message: 'Requested entity was not found.',
      status: 'NOT_FOUND',
      details: [
        { '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: 'UNREGISTERED' },
      ],
    },
  },
};

/** Takes a message only with an access token that it gave for an assertion signed with the key of the service account. */
export class TestFcm {
  readonly taken: FcmMessage[] = [];
  readonly refused: string[] = [];
  /** What a token is answered, one after the other; then it is taken. */
  readonly answers = new Map<string, Answer[]>();
  readonly gone = new Set<string>();
  assertions = 0;
  settings!: FcmSettings;
  privateKey!: KeyObject;
  #publicKey!: KeyObject;
  #access = new Set<string>();

  async start(): Promise<this> {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.privateKey = pair.privateKey;
    this.#publicKey = pair.publicKey;
    const server = createServer(async (request, response) => {
      const { status, body = {}, retryAfter } = await this.#answer(request);
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(retryAfter ? { 'retry-after': retryAfter } : {}),
      });
      response.end(JSON.stringify(body));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.settings = {
      url,
      key: {
        projectId: 'a-project',
        clientEmail: 'push@a-project.iam.gserviceaccount.com',
        privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        tokenUrl: `${url}/token`,
      },
    };
    return this;
  }

  /** As if they had been withdrawn. */
  withdrawAccess(): void {
    this.#access.clear();
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    if (request.url === '/token') return await this.#giveAccess(new URLSearchParams(await text(request)));
    if (request.url !== '/v1/projects/a-project/messages:send') return { status: 404 };
    const [, access = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const { message } = (await json(request)) as { message: FcmMessage };
    if (!this.#access.has(access)) return this.#refuse('access', { status: 401 });
    if (this.gone.has(message.token)) return this.#refuse('gone', NOT_FOUND);
    const next = this.answers.get(message.token)?.shift();
    if (next) return this.#refuse(`${next.status}`, next);
    if (Object.values(message.data).some((value) => typeof value !== 'string')) return { status: 400 };
    this.taken.push(message);
    return { status: 200, body: { name: 'projects/a-project/messages/1' } };
  }

  #refuse(why: string, answer: Answer): Answer {
    this.refused.push(why);
    return answer;
  }

  async #giveAccess(form: URLSearchParams): Promise<Answer> {
    this.assertions += 1;
    try {
      const { payload } = await jwtVerify(form.get('assertion') ?? '', this.#publicKey, {
        algorithms: ['RS256'],
        issuer: this.settings.key.clientEmail,
        audience: this.settings.key.tokenUrl,
        maxTokenAge: '1m',
      });
      if (payload.scope !== 'https://www.googleapis.com/auth/firebase.messaging') throw new Error('scope');
      if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') throw new Error('grant');
      const token = `ya29.${crypto.randomUUID()}`;
      this.#access.add(token);
      return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } };
    } catch {
      return this.#refuse('assertion', { status: 400, body: { error: 'invalid_grant' } });
    }
  }
}

/** `web-push-testing`: checks the signature, decrypts, and expires subscriptions. */
export class TestWebPush {
  #url = '';
  /** Another server before it, that answers so until there is no more. */
  readonly answers: Answer[] = [];

  async start(): Promise<this> {
    const require = createRequire(import.meta.url);
    const { PushApiModel } = require('web-push-testing/src/PushApiModel.js');
    const Server = require('web-push-testing/src/server.js');
    const port = await getPort();
    const server = new Server(new PushApiModel(), port);
    server.startServer();
    await once(server._server, 'listening').catch(() => {});
    onTestFinished(() => {
      server._server.closeAllConnections();
      server._server.close();
    });
    const behind = `http://localhost:${port}`;
    const front = createServer(async (request, response) => {
      const next = request.url?.startsWith('/notify/') ? this.answers.shift() : undefined;
      const body = await buffer(request);
      const { host: _, ...headers } = request.headers as Record<string, string>;
      const answer = next
        ? { status: next.status, text: async () => '' }
        : await fetch(`${behind}${request.url}`, { method: 'POST', headers, body: new Uint8Array(body) });
      response.writeHead(answer.status, next?.retryAfter ? { 'retry-after': next.retryAfter } : {});
      response.end(await answer.text());
    });
    await once(front.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      front.closeAllConnections();
      front.close();
    });
    this.#url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    return this;
  }

  async subscribe(applicationServerKey: string): Promise<Subscription & { clientHash: string }> {
    const { data } = (await this.#post('/subscribe', { applicationServerKey })) as {
      data: Subscription & { clientHash: string };
    };
    return { ...data, endpoint: `${this.#url}${new URL(data.endpoint).pathname}` };
  }

  async expire(clientHash: string): Promise<void> {
    await fetch(`${this.#url}/expire-subscription/${clientHash}`, { method: 'POST' });
  }

  /** Decrypted with the keys of the browser. */
  async shown(clientHash: string): Promise<{ title: string; body: string; data: Record<string, string> }[]> {
    const { data } = (await this.#post('/get-notifications', { clientHash })) as {
      data: { messages: string[] };
    };
    return data.messages.map((message) => JSON.parse(message));
  }

  async #post(path: string, body: object): Promise<unknown> {
    const answer = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return await answer.json();
  }
}
