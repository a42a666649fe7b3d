/** Reads which folders and buckets are watched, and whose recordings lie there. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { NO_DEVICE, type Sender } from '../intake/claim.ts';
import { fileRefusal, readJsonOrFile } from '../json-file-setting.ts';
import { refuse } from '../setting-kinds.ts';
import { readOutsideId } from '../sign-in/person-id.ts';
import { parseBlobLocation } from '../store/blobs/s3/location.ts';

export interface Watched extends Sender {
  /** A folder's absolute path, or `s3://bucket/prefix?…`. */
  place: string;
}

/** Each is listed every few seconds. */
const MOST_PLACES = 100;

const Id = z.string().transform((given, context) => {
  const read = readOutsideId(given);
  return 'id' in read ? read.id : refuse(context, `the person's id ${read.fault}`);
});

const Owner = z.union(
  [
    Id.transform((person) => ({ person, device: NO_DEVICE })),
    z.strictObject({ person: Id, device: Id.default(NO_DEVICE) }),
  ],
  { error: 'it must be the id of a person, or {"person": "ana", "device": "plaud"}' },
);

const Places = z
  .record(z.string(), Owner)
  .superRefine((places, context) => {
    for (const place of Object.keys(places)) checkPlace(place, context);
  })
  .refine((places) => Object.keys(places).length <= MOST_PLACES, `more than ${MOST_PLACES} places`)
  .transform((places): Watched[] =>
    Object.entries(places).map(([place, { person, device }]) => ({
      place,
      userId: person,
      deviceId: device,
    })),
  );

/** One place, whose recordings are those of the one person `local`; or JSON, or the path of a JSON file, with several. */
export const WatchSetting = z
  .string()
  .default('{}')
  .transform((given, context) =>
    given.trimStart().startsWith('{') || given.endsWith('.json')
      ? readJsonOrFile(
          given,
          context,
          (path, code) => `the file ${path} cannot be read: ${fileRefusal(code)}`,
        )
      : { [given]: 'local' },
  )
  .pipe(Places);

function checkPlace(place: string, context: z.RefinementCtx): void {
  if (!/^\w+:\/\//.test(place)) {
    if (!isAbsolute(place)) refuse(context, `"${place}" is no absolute path of a folder`);
    return;
  }
  try {
    parseBlobLocation(place);
  } catch (error) {
    refuse(context, (error as Error).message);
  }
}
