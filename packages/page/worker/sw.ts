/**
 * The page's service worker: it keeps the page itself for when there is no network, and shows notifications. Answers of the
 * API and sound never get into its cache: what belongs to somebody lies in no cache.
 */
import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';

declare const self: ServiceWorkerGlobalScope & {
  __WB_MANIFEST: { url: string; revision: string | null }[];
};

const SHELL = 'afterword-shell';
/** A network that does not answer for so long is treated as none: the page says then that it waits. */
const DOCUMENT_WITHIN_MS = 4_000;
/** Addresses at which the page decides what it shows; everything else is the server's. */
const OF_PAGE = /^\/($|c\/|uploads(\/|$)|operation$|settings$)/;

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();

self.addEventListener('install', (event) => {
  event.waitUntil(keepDocument());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('fetch', (event) => {
  const { mode, url } = event.request;
  if (mode !== 'navigate' || !OF_PAGE.test(new URL(url).pathname)) return;
  event.respondWith(documentFor(event.request));
});

self.addEventListener('push', (event) => {
  const told = readPush(event.data);
  if (told === null) return;
  const { title, body, tag, data } = told;
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      data,
      icon: '/icons/afterword-192.png',
      ...(tag === undefined ? {} : { tag }),
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show(addressOf(event.notification.data)));
});

/** The document with its headers, whose policy names the nonce that stands in it. */
async function keepDocument(): Promise<void> {
  const answer = await fetch('/', { headers: { accept: 'text/html' }, cache: 'reload' });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  await (await caches.open(SHELL)).put('/', answer);
}

async function documentFor(request: Request): Promise<Response> {
  const kept = await (await caches.open(SHELL)).match('/');
  if (!kept) return await fetch(request);
  try {
    return await fetch(request, { signal: AbortSignal.timeout(DOCUMENT_WITHIN_MS) });
  } catch {
    return kept;
  }
}

interface Told {
  title: string;
  body: string;
  tag?: string;
  data?: Record<string, string>;
}

function readPush(data: PushMessageData | null): Told | null {
  try {
    const told = data?.json() as Told | undefined;
    return typeof told?.title === 'string' ? told : null;
  } catch {
    return null;
  }
}

function addressOf(data: Record<string, string> | undefined): string {
  if (data?.conversation_id) return `/c/${encodeURIComponent(data.conversation_id)}`;
  return data?.upload_id ? `/uploads/${encodeURIComponent(data.upload_id)}` : '/';
}

/** In the window that is open already, where there is one. */
async function show(address: string): Promise<void> {
  const [open] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!open) return void (await self.clients.openWindow(address));
  await open.focus();
  await open.navigate(address);
}
