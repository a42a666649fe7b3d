/** What the operator has set of notifications: a service account of FCM, and the keys of Web Push. */
import { createECDH } from 'node:crypto';
import { z } from 'zod';
import { fileRefusal, readJsonOrFile } from '../json-file-setting.ts';

const ServiceAccount = z.object({
  type: z.literal('service_account', { error: 'it must be the key of a service account' }),
  project_id: z.string({ error: 'it is missing' }).min(1),
  client_email: z.string({ error: 'it is missing' }).min(1),
  private_key: z
    .string({ error: 'it is missing' })
    .regex(/-----BEGIN PRIVATE KEY-----/, 'it is no private key'),
  token_uri: z.url({ error: 'it is no address' }).default('https://oauth2.googleapis.com/token'),
});

/** Takes JSON or the path of a JSON file. */
export const FcmKeySetting = z
  .string()
  .transform((given, context) =>
    // The path is not repeated: it may be a key that lacks its brace.
    readJsonOrFile(given, context, (_, code) => `the file cannot be read: ${fileRefusal(code)}`),
  )
  .pipe(ServiceAccount);

/** An uncompressed point of P-256, as browsers take it. */
export const VapidPublicKey = z
  .string()
  .refine((given) => isPoint(given), 'it must be a public key as `afterword push-keys` prints it');

export const VapidPrivateKey = z
  .string()
  .refine(
    (given) => bytesOf(given)?.byteLength === 32,
    'it must be a private key as `afterword push-keys` prints it',
  );

export const VapidSubject = z
  .string()
  .regex(
    /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/,
    'it must be mailto: with an address, or an https address',
  );

export function isPoint(given: string): boolean {
  const bytes = bytesOf(given);
  return bytes !== null && bytes.byteLength === 65 && bytes[0] === 4;
}

export function bytesOf(given: string): Buffer | null {
  return /^[\w-]+={0,2}$/.test(given) ? Buffer.from(given, 'base64url') : null;
}

export interface VapidKeys {
  publicKey: string;
  privateKey: string;
}

export function newVapidKeys(): VapidKeys {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  // The number may begin with zeros, which are left out.
  const privateKey = Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()]).subarray(-32);
  return { publicKey: pair.getPublicKey('base64url'), privateKey: privateKey.toString('base64url') };
}

export function belongTogether({ publicKey, privateKey }: VapidKeys): boolean {
  const pair = createECDH('prime256v1');
  try {
    pair.setPrivateKey(Buffer.from(privateKey, 'base64url'));
    return pair.getPublicKey('base64url') === publicKey.replace(/=+$/, '');
  } catch {
    return false;
  }
}
