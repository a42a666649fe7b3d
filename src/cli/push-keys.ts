/** `afterword push-keys`: makes a pair of keys for Web Push and prints them as settings. */
import { newVapidKeys } from '../push/settings.ts';

export function runPushKeys(): void {
  const { publicKey, privateKey } = newVapidKeys();
  console.log(`AFTERWORD_VAPID_PUBLIC_KEY=${publicKey}`);
  console.log(`AFTERWORD_VAPID_PRIVATE_KEY=${privateKey}`);
  console.error('Browsers subscribe with the public key: with another pair they have to subscribe again.');
}
