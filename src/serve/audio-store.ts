/** Opens the store that the settings name, for whoever reads or writes audio: encrypted where there is a key. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { secretBox } from '../sign-in/secret-box.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { missingKeys } from '../store/blobs/encrypted/reseal.ts';
import { EncryptedBlobStore } from '../store/blobs/encrypted/store.ts';
import { openBlobs } from '../store/blobs/open.ts';
import type { Database } from '../store/database.ts';

/** @throws Error where audio is encrypted with a key that is not configured: it would be found out with the first reader */
export async function openAudioStore(
  config: Pick<Config, 'blobs' | 'dataDir' | 'audioKeys'>,
  db: Database,
  log?: Logger,
): Promise<BlobStore> {
  const box = config.audioKeys.length > 0 ? secretBox(config.audioKeys) : null;
  const [lost] = await missingKeys(db, box?.names ?? []);
  if (lost !== undefined)
    throw new Error(
      `Stored audio is encrypted with the key ${lost}, which AFTERWORD_AUDIO_KEY does not hold. Add that key behind the newest one; see "Encrypted audio" in docs/operating.md.`,
    );
  const blobs = await openBlobs(config.blobs ?? join(config.dataDir, 'blobs'), log);
  return new EncryptedBlobStore(blobs, { db, box });
}
