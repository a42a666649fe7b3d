import { CreateBucketCommand, GetBucketVersioningCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { AfterwordError } from '../../../errors.ts';
import { isNotFound, statusOf, storeFailure } from './failure.ts';
import type { S3Place } from './place.ts';

/**
 * Makes sure that there is a bucket, and creates it where that is allowed. Settings of the bucket are its owner's.
 * @throws AfterwordError 'unavailable' when the store does not answer; Error when a person has to mend something
 */
export async function ensureBucket(place: S3Place): Promise<void> {
  const refusal = await ask(place);
  if (refusal === undefined) return;
  if (!isNotFound(refusal)) throw explain(place, refusal);
  try {
    await place.client.send(new CreateBucketCommand({ Bucket: place.bucket }));
  } catch (error) {
    // Another process of ours may have been faster.
    if ((await ask(place)) === undefined) return;
    const status = statusOf(error) ?? 0;
    if (status < 400 || status >= 500) throw away(place, error);
    const why = `${place.words} does not exist and could not be created: ${(error as Error).name}`;
    throw new Error(why, { cause: error });
  }
}

/** In such a bucket a deletion hides an object and keeps its bytes. Whoever may not ask is not told. */
export async function keepsVersions({ client, bucket }: S3Place): Promise<boolean> {
  return client.send(new GetBucketVersioningCommand({ Bucket: bucket })).then(
    ({ Status }) => Status === 'Enabled',
    () => false,
  );
}

async function ask({ client, bucket }: S3Place): Promise<unknown> {
  return client.send(new HeadBucketCommand({ Bucket: bucket })).then(
    () => undefined,
    (error: unknown) => error ?? new Error('refused'),
  );
}

function explain(place: S3Place, refusal: unknown): Error {
  const { words } = place;
  const name = (refusal as Error).name;
  const message = (refusal as Error).message;
  if (name === 'CredentialsProviderError' || /region is missing/i.test(message))
    return new Error(`${words} cannot be used: ${message}`, { cause: refusal });
  // The answer to a HEAD has no body, so the status is all that is known.
  switch (statusOf(refusal)) {
    case 301:
    case 400:
      return new Error(`${words} is not in this region, or the store cannot read the request: set region=…`, {
        cause: refusal,
      });
    case 401:
    case 403:
      return new Error(
        `the store refuses these credentials for ${words}: they need to list it, and to read, write and delete its objects`,
        { cause: refusal },
      );
    default:
      return away(place, refusal);
  }
}

/** At a start, and only there, a failure says where the store should be: a client never sees it. */
function away({ words }: S3Place, failure: unknown): Error {
  const { code, message } = storeFailure(failure);
  return new AfterwordError(code, `${words} cannot be used: ${message}`, { cause: failure });
}
