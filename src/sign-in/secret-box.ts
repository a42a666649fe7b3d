/** Encrypts secrets that have to be read again, as those of webhooks: AES-256-GCM, bound to the place where each is kept. */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PLAIN = 'plain';

export interface SecretBox {
  /** Tells which keys it has, and nothing about them; the first one seals. */
  readonly names: readonly string[];
  /** @param place what the secret belongs to, as `webhook:whk_1`: moved to another row it cannot be opened */
  seal(secret: string, place: string): string;
  /** @throws SealBroken if it was sealed with a key that is not here, for another place, or was changed */
  open(sealed: string, place: string): string;
}

export class SealBroken extends Error {
  override name = 'SealBroken';
}

/**
 * @param keys the first one seals, all of them open: a new key is put before the old one. Without any, secrets are stored as
 * they are, and such secrets can be opened later too.
 */
export function secretBox(keys: readonly string[]): SecretBox {
  const known = keys.map((key) => {
    const bytes = Buffer.from(hkdfSync('sha256', key, '', 'afterword secret box', 32));
    // Tells which key has sealed, and nothing about the key.
    return { bytes, name: createHash('sha256').update(bytes).digest('base64url').slice(0, 8) };
  });
  const [first] = known;
  return {
    names: known.map(({ name }) => name),
    seal(secret, place) {
      if (!first) return `${PLAIN}.${Buffer.from(secret).toString('base64url')}`;
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, first.bytes, iv).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      const bytes = Buffer.concat([iv, sealed, cipher.getAuthTag()]);
      return `${VERSION}.${first.name}.${bytes.toString('base64url')}`;
    },
    open(sealed, place) {
      const [version, name, text] = sealed.split('.');
      if (version === PLAIN && name !== undefined) return Buffer.from(name, 'base64url').toString('utf8');
      const key = known.find((one) => one.name === name);
      const bytes = Buffer.from(text ?? '', 'base64url');
      if (version !== VERSION || bytes.byteLength < IV_BYTES + TAG_BYTES)
        throw new SealBroken('This is no sealed secret.');
      if (!key) throw new SealBroken('It was sealed with another key.');
      try {
        const decipher = createDecipheriv(CIPHER, key.bytes, bytes.subarray(0, IV_BYTES))
          .setAAD(Buffer.from(place))
          .setAuthTag(bytes.subarray(-TAG_BYTES));
        const opened = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
        return Buffer.concat(opened).toString('utf8');
      } catch (error) {
        throw new SealBroken('It was changed, or belongs somewhere else.', { cause: error });
      }
    },
  };
}
