/** `afterword users`: who uses the server, who may administer it, and whose the things of before are. */
import { AfterwordError } from '../errors.ts';
import { adopt } from '../sign-in/adopt.ts';
import { giveRole, listPeople, type PersonRow, signOut } from '../sign-in/people.ts';
import { onDatabase } from './on-database.ts';
import { tableOf, timeOf } from './table.ts';

const AT_ONCE = 500;

export async function runListUsers({ json = false }: { json?: boolean }): Promise<void> {
  const people = await onDatabase(async (db) => {
    const all: PersonRow[] = [];
    for (let page: PersonRow[]; ; ) {
      page = await listPeople(db, { limit: AT_ONCE, after: all.at(-1)?.id ?? '' });
      all.push(...page);
      if (page.length < AT_ONCE) return all;
    }
  });
  if (json) console.log(JSON.stringify({ users: people }, null, 2));
  else if (people.length === 0) console.log('Nobody has used this server.');
  else
    console.log(
      tableOf([
        ['person', 'role', 'recordings', 'identities', 'since (UTC)', 'deleted (UTC)'],
        ...people.map((one) => [
          one.id,
          one.role,
          String(one.recordings),
          String(one.identities),
          timeOf(one.createdAtMs),
          timeOf(one.deletedAtMs),
        ]),
      ]),
    );
}

export async function runAdopt(from: string, { to }: { to: string }): Promise<void> {
  const moved = await onDatabase((db, { timeZone }) => adopt(db, { from, to }, timeZone));
  const rows = [...moved].map(([table, count]) => `${count} ${table}`);
  console.log(
    rows.length === 0 ? `${from} had nothing.` : `${to} has taken over from ${from}: ${rows.join(', ')}.`,
  );
}

export async function runGiveRole(user: string, role: string): Promise<void> {
  if (role !== 'admin' && role !== 'person') throw new Error(`${role} is no role: use admin or person.`);
  const { revoked } = await onDatabase((db) => giveRole(db, user, role)).catch(unknown(user));
  const keys = revoked === 0 ? '' : ` ${revoked} of their keys with the scope admin were revoked.`;
  console.log(`${user} has the role ${role}.${keys}`);
}

export async function runSignOut(user: string, { keys }: { keys: boolean }): Promise<void> {
  const { ended, modes } = await onDatabase(async (db, { signIn }) => {
    return { ended: await signOut(db, user, { keys }), modes: signIn.modes };
  }).catch(unknown(user));
  const revoked = keys
    ? ` ${ended.revoked} keys were revoked.`
    : ' Their keys go on: --keys revokes them too.';
  console.log(`${user} is signed out of ${ended.sessions} browsers.${revoked}`);
  if (modes.includes('firebase'))
    console.error(
      'A token of Firebase goes on until it expires, within an hour; there the account can be disabled.',
    );
}

function unknown(user: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof AfterwordError && error.code === 'not_found')
      throw new Error(`There is no person ${user}: afterword users lists all.`);
    throw error;
  };
}
