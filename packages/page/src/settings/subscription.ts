/** The subscription of this browser to its push service. The server's key is part of it, and a key that is new needs another. */

export type PushAbility = 'unsupported' | 'denied' | 'possible';

export function pushAbility(): PushAbility {
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window))
    return 'unsupported';
  return Notification.permission === 'denied' ? 'denied' : 'possible';
}

export async function presentSubscription(): Promise<PushSubscription | null> {
  if (pushAbility() === 'unsupported') return null;
  // Without a service worker, as in development, there is nothing that could get a notification.
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** Asks the person, where the browser has not yet. @throws DOMException if they or the browser refuse */
export async function subscribe(publicKey: string): Promise<PushSubscription> {
  // Without one the next line would wait for ever.
  if (!(await navigator.serviceWorker.getRegistration())) throw new Error('There is no service worker.');
  const registration = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(publicKey) };
  try {
    return await registration.pushManager.subscribe(options);
  } catch (error) {
    // One for another key of the server is in the way.
    if ((error as DOMException).name !== 'InvalidStateError') throw error;
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    return await registration.pushManager.subscribe(options);
  }
}

/** @param base64url as the server writes it */
function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
