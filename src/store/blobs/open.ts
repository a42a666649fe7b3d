import type { Logger } from 'pino';
import type { BlobStore } from './blob-store.ts';
import { FolderBlobStore } from './folder.ts';

/** Opens the configured store: a folder or a bucket. Only the one that is used is imported. */
export async function openBlobs(location: string, log?: Logger): Promise<BlobStore> {
  if (!location.startsWith('s3://')) {
    const folder = new FolderBlobStore(location);
    await folder.prepare();
    return folder;
  }
  const [{ S3BlobStore }, { parseBlobLocation }] = await Promise.all([
    import('./s3/store.ts'),
    import('./s3/location.ts'),
  ]);
  const bucket = new S3BlobStore(parseBlobLocation(location));
  await bucket.prepare(log);
  return bucket;
}
