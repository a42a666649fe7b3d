/** `afterword keys`: makes, lists and revokes API keys of anybody, on the database. */
import { AfterwordError } from '../errors.ts';
import { type ApiKey, createKey, everyKey, revokeKey } from '../sign-in/keys.ts';
import { readOutsideId } from '../sign-in/person-id.ts';
import { requireSameSecret } from '../sign-in/same-secret.ts';
import { SCOPES, type Scope } from '../sign-in/scopes.ts';
import { serverSecret } from '../sign-in/server-secret.ts';
import { onDatabase } from './on-database.ts';
import { tableOf, timeOf } from './table.ts';

const DAY_MS = 24 * 3_600_000;

interface NewKeyOptions {
  user: string;
  name: string;
  scope: string;
  expires?: string;
}

/** Prints the key alone on standard output, so that it can be put into a file or a variable. */
export async function runCreateKey({ user, name, scope, expires }: NewKeyOptions): Promise<void> {
  const read = readOutsideId(user);
  if ('fault' in read) throw new Error(`--user ${read.fault}.`);
  const wanted = { userId: read.id, name, scopes: scopesOf(scope), expiresAtMs: endOf(expires, Date.now()) };
  const { key, modes, token } = await onDatabase(async (db, config) => {
    const secret = await serverSecret({ given: config.secret, dataDir: config.dataDir });
    const where = config.secret === undefined ? `the folder ${config.dataDir}` : 'AFTERWORD_SECRET here';
    await requireSameSecret(db, secret, where);
    const made = await createKey(db, secret.keyFor('api keys'), wanted, config.timeZone);
    return { ...made, modes: config.signIn.modes };
  });
  console.log(token);
  const end =
    key.expiresAtMs === null ? 'It does not expire.' : `It expires at ${timeOf(key.expiresAtMs)} UTC.`;
  console.error(
    `${key.id} of ${key.userId}: ${key.scopes.join(', ')}. ${end} It is not stored and cannot be shown again.`,
  );
  if (!modes.includes('keys'))
    console.error(
      `The server takes it only if AFTERWORD_SIGN_IN holds keys where it was started; here it is ${modes.join(',')}.`,
    );
}

export async function runListKeys({ user, json }: { user?: string; json: boolean }): Promise<void> {
  const keys = await onDatabase((db) => everyKey(db, user ?? null));
  if (json) console.log(JSON.stringify({ keys }, null, 2));
  else if (keys.length === 0) console.log('There are no keys.');
  else
    console.log(
      tableOf([
        ['key', 'person', 'name', 'scopes', 'state', 'made (UTC)', 'last used (UTC)', 'expires (UTC)'],
        ...keys.map((key) => [
          key.id,
          key.userId,
          key.name,
          key.scopes.join(','),
          stateOf(key, Date.now()),
          timeOf(key.createdAtMs),
          timeOf(key.lastUsedAtMs),
          timeOf(key.expiresAtMs),
        ]),
      ]),
    );
}

export async function runRevokeKey(id: string): Promise<void> {
  await onDatabase((db) => revokeKey(db, null, id)).catch((error: unknown) => {
    if (error instanceof AfterwordError && error.code === 'not_found')
      throw new Error(`There is no key ${id}. Its id begins with key_; afterword keys list shows all.`);
    throw error;
  });
  console.log(`${id} is revoked.`);
}

function stateOf({ revokedAtMs, expiresAtMs }: ApiKey, nowMs: number): string {
  if (revokedAtMs !== null) return 'revoked';
  return expiresAtMs !== null && expiresAtMs <= nowMs ? 'expired' : 'good';
}

function scopesOf(list: string): Scope[] {
  const asked = list.split(',').map((one) => one.trim());
  const unknown = asked.find((one) => !SCOPES.some((scope) => scope === one));
  if (unknown !== undefined)
    throw new Error(`--scope is ${JSON.stringify(list)}: use ${SCOPES.join(', ')}, or several with commas.`);
  return SCOPES.filter((scope) => asked.includes(scope));
}

function endOf(given: string | undefined, nowMs: number): number | null {
  if (given === undefined) return null;
  const days = /^(\d{1,5})d$/.exec(given)?.[1];
  const endsAtMs = days === undefined ? Date.parse(given) : nowMs + Number(days) * DAY_MS;
  if (!Number.isSafeInteger(endsAtMs) || endsAtMs <= nowMs)
    throw new Error(
      `--expires is ${JSON.stringify(given)}: give days as 90d, or a date to come as 2027-03-01 (UTC).`,
    );
  return endsAtMs;
}
