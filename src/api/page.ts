/** Serves the page: its document at each of its addresses, and the files that this loads. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AfterwordError } from '../errors.ts';
import { VERSION } from '../version.ts';
import { sendProblem } from './problem.ts';
import { policyFor } from './security-headers.ts';

export interface PageFile {
  type: string;
  etag: string;
  /** Its name holds a digest of what is in it, so it never changes. */
  isImmutable: boolean;
  read(encoding: Encoding): Promise<Buffer>;
  /** In which forms it lies there. */
  encodings: readonly Encoding[];
}

export type Encoding = 'br' | 'gzip' | 'identity';

export interface BuiltPage {
  document: string;
  nonce: string;
  files: ReadonlyMap<string, PageFile>;
  /** By address of the page: the files that it needs beside those that the document names. */
  needed: ReadonlyMap<string, readonly string[]>;
  /** By language other than English: the files with its strings. */
  spoken: ReadonlyMap<string, readonly string[]>;
}

/** The page as it is at this moment; a page that is being built comes later. */
export type PageState =
  | BuiltPage
  /** Says why there is none, for the person who opens the address. */
  | { absent: string };

export type PageSource = () => PageState;

/** Addresses at which the page itself decides what it shows. */
const ADDRESSES = ['/c/:id', '/uploads', '/uploads/:id', '/operation', '/settings'];
/** Stands for all others, which need nothing beside the document. */
const NOWHERE = '';
/** Files of the page, beside its document. */
const FILES = ['/assets/:file', '/icons/:file', '/sw.js', '/manifest.webmanifest'];

const YEAR_S = 31_536_000;

export async function installPage(app: FastifyInstance, source: PageSource): Promise<void> {
  app.setNotFoundHandler((request, reply) => sendNowhere(request, reply, source()));
  const hidden = { schema: { hide: true } };
  // Programs that ask for no page get the plain one, which tells where the API is.
  app.get('/', hidden, (request, reply) =>
    wantsPage(request) ? sendDocument(request, reply, source(), '/') : sendPlain(reply),
  );
  for (const address of ADDRESSES)
    app.get(address, hidden, (request, reply) => sendDocument(request, reply, source(), address));
  for (const address of FILES)
    app.get(address, hidden, async (request, reply) => {
      const state = source();
      const file = 'files' in state ? state.files.get(request.url.split('?', 1)[0] ?? '') : undefined;
      if (!file) return reply.callNotFound();
      return await sendFile(request, reply, file);
    });
}

/** Whether a browser asks for it, for a person to look at. */
export function wantsPage({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').includes('text/html');
}

/** Answers at an address that nothing has: a person reads the page that says so, and a program the refusal. */
export function sendNowhere(request: FastifyRequest, reply: FastifyReply, state: PageState): FastifyReply {
  const { method, url } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead || !wantsPage(request))
    return sendProblem(
      request,
      reply,
      new AfterwordError('no_such_address', `${method} ${url.split('?')[0]}`),
    );
  request.refusedWith = 'no_such_address';
  reply.status(404);
  return 'absent' in state
    ? sendPlain(reply, `There is nothing at this address. ${state.absent}`)
    : sendDocument(request, reply, state, NOWHERE);
}

function sendDocument(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  state: PageState,
  address: string,
): FastifyReply {
  if ('absent' in state) {
    // Whoever waits for it sees it come without doing anything.
    return sendPlain(reply.status(503).header('retry-after', '3').header('refresh', '3'), state.absent);
  }
  const nonce = randomBytes(16).toString('base64url');
  // Without these the browser learns of them only when it runs the page's scripts.
  const files = [
    ...(state.needed.get(address) ?? []),
    ...(state.spoken.get(wantedLanguage(headers['accept-language'] ?? '', state.spoken)) ?? []),
  ];
  const needed = files.map(
    (file) => `<link rel="modulepreload" crossorigin href="${file}" nonce="${nonce}">`,
  );
  const document = state.document
    .replaceAll(state.nonce, nonce)
    .replace('</head>', () => `${needed.join('')}</head>`);
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', policyOfPage(document, nonce))
    .send(document);
}

/** As the page chooses where the person has not: browsers name the language that is wanted most first. */
function wantedLanguage(accepted: string, spoken: BuiltPage['spoken']): string {
  const languages = accepted.split(',').map((tag) => tag.trim().toLowerCase().split(/[-;]/)[0] ?? '');
  return languages.find((language) => language === 'en' || spoken.has(language)) ?? 'en';
}

/** Dialogs put a style sheet into the page while they are open, which may run by the nonce of this answer only. */
function policyOfPage(document: string, nonce: string): string {
  return policyFor(document, {
    'style-src': ["'self'", `'nonce-${nonce}'`],
    'media-src': ["'self'", 'blob:'],
    'manifest-src': ["'self'"],
    'worker-src': ["'self'"],
  });
}

async function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): Promise<FastifyReply> {
  const encoding = chosenEncoding(request.headers['accept-encoding'] ?? '', file.encodings);
  // Each form has a tag of its own: a cache must not take one for the other.
  const etag = `"${file.etag}-${encoding}"`;
  reply
    .header('etag', etag)
    .header('vary', 'accept-encoding')
    .header('cache-control', file.isImmutable ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
  const known = (request.headers['if-none-match'] ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag)) return reply.status(304).send();
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply.type(file.type).send(await file.read(encoding));
}

/** @param accepted as `gzip, br;q=0.5`; a weight of 0 refuses */
function chosenEncoding(accepted: string, there: readonly Encoding[]): Encoding {
  const named = new Map(
    accepted.split(',').map((entry) => {
      const [name = '', weight = 'q=1'] = entry
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      return [name, Number(weight.replace(/^q=/, '')) > 0] as const;
    }),
  );
  return (['br', 'gzip'] as const).find((one) => there.includes(one) && named.get(one)) ?? 'identity';
}

function sendPlain(reply: FastifyReply, absent?: string): FastifyReply {
  const page = plainPage(absent);
  return reply.type('text/html; charset=utf-8').header('content-security-policy', policyFor(page)).send(page);
}

function plainPage(absent: string | undefined): string {
  const told = absent === undefined ? '' : `<p role="status">${escaped(absent)}\n`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Afterword</title>
<style>body{font:16px/1.6 system-ui;margin:3rem auto;max-width:40rem;padding:0 1rem}code{background:#eee;padding:.1rem .3rem}</style>
<h1>Afterword ${VERSION}</h1>
<p>The server is running. It turns recordings into conversations.
${told}<ul>
<li><a href="/docs">The API</a>, and <a href="/openapi.json">its OpenAPI document</a>
<li><a href="/health">Health: are the database, the storage and the workers well?</a>
<li><a href="/api/v1/recordings">Your recordings</a> and <a href="/api/v1/conversations">your conversations</a>
<li><a href="/errors">What each error means</a>, and what to do about it
</ul>
<p>To send a recording: <code>curl -F files=@memo_1774000000.wav http://THIS-ADDRESS/api/v1/recordings</code>, where the
number is the start of the recording in Unix seconds.
</html>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
