/**
 * Sends files for as long as this tab is open, whichever page is shown. What is here already is asked for by its hash and not
 * sent; small files go together in one upload; a large one goes in several requests, and goes on after a break or a reload
 * where it stopped, when the browser is given the same file again.
 */
import type { Upload as Taken } from '@afterword/client';
import type { DetailedError } from 'tus-js-client';
import { AfterwordProblem, api, orThrow } from '../data/api.ts';
import { isSending } from '../data/at-stake.ts';
import { keyOfTab } from '../data/key-of-tab.ts';
import { hasLeft, nextPerson, noteRefused, onPerson, signInState } from '../data/session.ts';
import { fetched } from '../parts/on-demand.tsx';
import { createStore } from '../words/store.ts';
import { ALL_PAUSES_MS, hasSignInEnded, mayPass, pauseBefore, problemOfAnswer } from './again.ts';
import { forgetUnfinished, noteUnfinished } from './unfinished.ts';

type SendState =
  | 'hashing'
  | 'asking'
  | 'queued'
  | 'sending'
  | 'waiting'
  | 'accepted'
  | 'here'
  | 'failed'
  | 'stopped';

export interface Sending {
  key: number;
  file: File;
  state: SendState;
  sent: number;
  uploadId: string | null;
  /** Why it waits or was not sent. */
  problem: unknown;
  /** When it is sent again by itself. */
  goesOnAtMs: number | null;
}

/** The browser cannot read what was chosen: it was moved, changed or deleted since. */
export class UnreadableFile extends Error {}

/** One request holds them; what is larger is worth going on with after a break. */
const SMALL_BYTES = 4 * 1024 * 1024;
const TOGETHER_BYTES = 32 * 1024 * 1024;
const TOGETHER_FILES = 50;
const AT_ONCE = 3;
const CHUNK_BYTES = 8 * 1024 * 1024;
/** A browser reads a file whole to hash it. */
const HASHED_BYTES = 256 * 1024 * 1024;
const ASKED_AT_ONCE = 500;

export const sendings = createStore<readonly Sending[]>([]);

const running = new Map<number, () => void>();
let lastKey = 0;

// What somebody sends must not arrive as that of whoever signs in after them.
signInState.subscribe(() => {
  if (hasLeft()) forgetAll();
});
// Whoever else signs in stops what was to go on once the person has signed in again.
onPerson((_, isOther) => {
  if (isOther) forgetAll();
});

function forgetAll(): void {
  for (const { key } of sendings.get()) stopSending(key);
  sendings.set([]);
  isSending.set(false);
  forgetUnfinished();
}

export function isUnderWay({ state }: Sending): boolean {
  return state !== 'accepted' && state !== 'here' && state !== 'failed' && state !== 'stopped';
}

interface SendHow {
  /** Takes back what was deleted. */
  restore?: boolean;
}

export async function sendAll(files: readonly File[], { restore = false }: SendHow = {}): Promise<void> {
  const mine = files.map((file): Sending => {
    lastKey += 1;
    return { key: lastKey, file, state: 'hashing', sent: 0, uploadId: null, problem: null, goesOnAtMs: null };
  });
  sendings.set([...mine, ...sendings.get()]);
  window.addEventListener('beforeunload', warn);
  note();
  const twins = await sendMissing(mine, restore);
  // Only now it is known whether the server has those that are like them.
  if (twins.length > 0) await sendMissing(twins, restore);
}

/** @returns those that hold the same as another one of them, which are not sent beside it */
async function sendMissing(mine: readonly Sending[], restore: boolean): Promise<Sending[]> {
  const { missing, twins } = await leaveOutKnown(mine);
  await send(missing, restore);
  return twins;
}

async function send(missing: readonly Sending[], restore: boolean): Promise<void> {
  if (restore) return await sendTogether(missing, restore);
  const small = missing.filter(({ file }) => file.size <= SMALL_BYTES);
  const large = missing.filter(({ file }) => file.size > SMALL_BYTES);
  const work = [
    ...together(small).map((batch) => () => sendTogether(batch)),
    ...large.map((one) => () => sendLarge(one)),
  ];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = work.shift(); next; next = work.shift()) await next();
    }),
  );
}

export function stopSending(key: number): void {
  running.get(key)?.();
  change(key, { state: 'stopped' });
}

export function sendAgain(sending: Sending, how: SendHow = {}): void {
  forgetSending(sending.key);
  void sendAll([sending.file], how);
}

export function forgetSending(key: number): void {
  sendings.set(sendings.get().filter((one) => one.key !== key));
}

export function forgetFinished(): void {
  sendings.set(sendings.get().filter(isUnderWay));
}

/** @returns those that the server does not have, and those that hold the same as one of them */
async function leaveOutKnown(mine: readonly Sending[]): Promise<{ missing: Sending[]; twins: Sending[] }> {
  const hashes = new Map<number, string>();
  // Only pages of https and of this machine can hash; elsewhere the server finds out when the bytes have come.
  if (globalThis.crypto?.subtle)
    for (const { key, file } of mine) {
      const hash = file.size <= HASHED_BYTES ? await hashOf(file).catch(() => null) : null;
      if (hash) hashes.set(key, hash);
      change(key, { state: 'asking' });
    }
  const known = new Set<string>();
  const asked = [...new Set(hashes.values())];
  for (let at = 0; at < asked.length; at += ASKED_AT_ONCE) {
    const body = { sha256: asked.slice(at, at + ASKED_AT_ONCE) };
    const answer = await api
      .POST('/api/v1/recordings/known', { body })
      .then(orThrow, () => null)
      .catch(() => null);
    // What was refused is sent again: its name may tell another time now, and its place is said in any case.
    for (const { sha256, outcome } of answer?.known ?? []) if (outcome !== 'rejected') known.add(sha256);
  }
  const missing: Sending[] = [];
  const twins: Sending[] = [];
  const first = new Set<string>();
  for (const sending of mine) {
    const hash = hashes.get(sending.key);
    const isHere = hash !== undefined && known.has(hash);
    change(sending.key, isHere ? { state: 'here', sent: sending.file.size } : { state: 'queued' });
    if (isHere) continue;
    if (hash !== undefined && first.has(hash)) twins.push(sending);
    else missing.push(sending);
    if (hash !== undefined) first.add(hash);
  }
  return { missing, twins };
}

async function hashOf(file: File): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function together(small: readonly Sending[]): Sending[][] {
  const batches: Sending[][] = [];
  let bytes = 0;
  for (const one of small) {
    const batch = batches.at(-1);
    if (!batch || batch.length >= TOGETHER_FILES || bytes + one.file.size > TOGETHER_BYTES) {
      batches.push([one]);
      bytes = one.file.size;
    } else {
      batch.push(one);
      bytes += one.file.size;
    }
  }
  return batches;
}

/** Sends the files of a batch, again and again while that may help, and without those that are stopped meanwhile. */
async function sendTogether(batch: readonly Sending[], restore = false): Promise<void> {
  for (let attempts = 0; ; attempts++) {
    const mine = batch.filter(({ key }) => isWaitingToGo(key));
    if (mine.length === 0) return;
    const ended = new AbortController();
    for (const { key } of mine) {
      running.set(key, () => ended.abort());
      change(key, { state: 'sending', goesOnAtMs: null });
    }
    try {
      const files = mine.map(({ file }) => ({
        name: file.name,
        blob: file,
        writtenAtMs: file.lastModified,
      }));
      noteTaken(mine, await api.sendFiles(files, ended.signal, { restore }));
      return;
    } catch (problem) {
      // One of them was stopped; the others go on at once.
      if (ended.signal.aborted) continue;
      await failUnreadable(mine);
      const isOut = hasSignInEnded(problem);
      const pauseMs = pauseBefore(problem, attempts);
      for (const { key } of mine.filter((one) => stateOf(one.key) === 'sending'))
        if (isOut) change(key, { state: 'waiting', problem, goesOnAtMs: null });
        else if (pauseMs === null) change(key, { state: 'failed', problem });
        else change(key, { state: 'waiting', problem, goesOnAtMs: Date.now() + pauseMs });
      if (isOut) await nextPerson(ended.signal);
      else if (pauseMs !== null) await pause(pauseMs, ended.signal);
    } finally {
      for (const { key } of mine) running.delete(key);
    }
  }
}

function noteTaken(mine: readonly Sending[], { id: uploadId, files }: Taken): void {
  for (const [at, { key, file }] of mine.entries()) {
    const receipt = files[at];
    // Sending it again does not bring it back, unless that is wanted.
    if (receipt?.outcome === 'deleted') {
      const { code, reason, remedy } = receipt;
      const told = { code: code ?? 'deleted', title: reason ?? '', remedy: remedy ?? '' };
      change(key, { state: 'failed', problem: new AfterwordProblem(told, 410, null) });
    } else change(key, { state: 'accepted', sent: file.size, uploadId });
  }
}

/** A file that was moved or changed since it was chosen cannot be read, which looks like a lost connection. */
async function failUnreadable(mine: readonly Sending[]): Promise<void> {
  for (const { key, file } of mine)
    await file
      .slice(0, 1)
      .arrayBuffer()
      .catch(() => change(key, { state: 'failed', problem: new UnreadableFile(file.name) }));
}

/** Ends early where a network comes back, and where the sending is stopped. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const back = new AbortController();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    const now = () => {
      clearTimeout(timer);
      resolve();
    };
    window.addEventListener('online', now, { signal: back.signal });
    signal.addEventListener('abort', now, { signal: back.signal });
  });
  back.abort();
}

/** Sends large files. It is fetched ahead where files are chosen. */
export const libraryOfLarge = () => fetched(import('tus-js-client'));

async function sendLarge({ key, file }: Sending): Promise<void> {
  const library = await libraryOfLarge().catch((problem: unknown) => {
    change(key, { state: 'failed', problem });
    return null;
  });
  if (!library || !isWaitingToGo(key)) return;
  const ended = new AbortController();
  await new Promise<void>((resolve) => {
    const end = (changes: Partial<Sending>) => {
      running.delete(key);
      ended.abort();
      change(key, changes);
      resolve();
    };
    const upload = new library.Upload(file, {
      endpoint: '/api/v1/resumable',
      chunkSize: CHUNK_BYTES,
      retryDelays: [...ALL_PAUSES_MS],
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, writtenAtMs: String(file.lastModified) },
      onBeforeRequest(request) {
        const own = keyOfTab();
        if (own !== null) request.setHeader('authorization', `Bearer ${own}`);
      },
      onAfterResponse(_, answer) {
        // The library would send the file from its start where nobody says how far it is.
        if (answer.getStatus() === 401) throw problemOfAnswer(answer);
      },
      onShouldRetry(error, attempts) {
        const problem = problemOfRequest(error);
        if (hasSignInEnded(problem)) {
          noteRefused(problem.code);
          change(key, { state: 'waiting', problem, goesOnAtMs: null });
          return false;
        }
        const isWorthIt = mayPass(problem);
        const goesOnAtMs = Date.now() + (ALL_PAUSES_MS[attempts] ?? 0);
        if (isWorthIt) change(key, { state: 'waiting', problem, goesOnAtMs });
        return isWorthIt;
      },
      onProgress: (sent) => change(key, { state: 'sending', sent }),
      onSuccess: ({ lastResponse }) =>
        end({
          state: 'accepted',
          sent: file.size,
          uploadId: lastResponse.getHeader('afterword-upload-id') ?? null,
        }),
      onError(error) {
        const problem = problemOfLarge(error, file);
        if (hasSignInEnded(problem)) void nextPerson(ended.signal).then(goOn);
        else end({ state: 'failed', problem });
      },
    });
    running.set(key, () => {
      void upload.abort();
      end({ state: 'stopped' });
    });
    const goOn = () => {
      if (stateOf(key) !== 'waiting') return;
      // It may be called for several reasons at once, and two of it would send the same file beside each other.
      change(key, { state: 'sending' });
      void upload.abort().then(() => upload.start());
    };
    // A network that is back is tried at once.
    window.addEventListener('online', goOn, { signal: ended.signal });
    change(key, { state: 'sending' });
    upload.findPreviousUploads().then(
      (previous) => {
        const [last] = previous;
        if (last) upload.resumeFromPreviousUpload(last);
        upload.start();
      },
      () => upload.start(),
    );
  });
}

function problemOfLarge(error: Error | DetailedError, file: File): unknown {
  // What fails without a request is reading the file.
  if (!('originalRequest' in error)) return new UnreadableFile(file.name);
  return problemOfRequest(error);
}

function problemOfRequest({ originalResponse, causingError }: DetailedError): Error {
  return causingError instanceof AfterwordProblem ? causingError : problemOfAnswer(originalResponse ?? null);
}

function isWaitingToGo(key: number): boolean {
  const state = stateOf(key);
  return state === 'queued' || state === 'waiting' || state === 'sending';
}

function stateOf(key: number): SendState | undefined {
  return sendings.get().find((one) => one.key === key)?.state;
}

function change(key: number, changes: Partial<Sending>): void {
  sendings.set(
    sendings.get().map((one) => (one.key === key && one.state !== 'stopped' ? { ...one, ...changes } : one)),
  );
  if (!sendings.get().some(isUnderWay)) window.removeEventListener('beforeunload', warn);
  if (changes.state) note();
}

/** The browser asks in its own words. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Tells what is at stake, and keeps the names of what may be gone on with. */
function note(): void {
  const now = sendings.get();
  isSending.set(now.some(isUnderWay));
  const nameOf = ({ file }: Sending) => file.name;
  noteUnfinished({
    sent: now.filter(({ state }) => state === 'accepted' || state === 'here').map(nameOf),
    begun: now.filter((one) => isUnderWay(one) && one.file.size > SMALL_BYTES).map(nameOf),
  });
}
