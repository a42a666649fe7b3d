/** Each state that the API has is a fixture, and with it in the pictures of docs/page/states.md. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CONVERSATIONS, JOBS } from '../../packages/page/src/states/conversations.ts';
import { REASONS } from '../../packages/page/src/states/reasons.ts';
import { RECORDINGS, UPLOADS } from '../../packages/page/src/states/uploads.ts';
import { ERRORS } from '../../src/errors.ts';
import { REQUEST_ERRORS } from '../../src/request-errors.ts';

interface Schema {
  $ref?: string;
  enum?: string[];
  items?: Schema;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
}

const openapi = new URL('../../docs/openapi.json', import.meta.url);
const { schemas } = JSON.parse(readFileSync(openapi, 'utf8')).components as {
  schemas: Record<string, Schema>;
};
const FILES = [...Object.values(RECORDINGS), ...Object.values(REASONS)];

/** They are what a person has chosen, or what an answer to the app is counted by, and look the same. */
const NO_STATES = [
  'Conversation.visibility',
  'Conversation.decided',
  'OmiSyncJob.lane',
  // A file has the first of them and its upload the last: both together have all.
  'File.expected',
  'Upload.expected',
];
const EXPECTED = [...FILES, ...Object.values(UPLOADS)].flatMap(({ expected }) => expected ?? []);
/** The same as of recordings, which have them all, or never of the one that names it. */
const OF_ANOTHER = ['files', 'result'];
const STAGES_OF_RECORDINGS = ['queued', 'transcribing', 'placing'];

/** `path value` of each value that the schema allows there. */
function allowed(schema: Schema | undefined, at: string): string[] {
  if (!schema || NO_STATES.includes(at)) return [];
  if (schema.$ref) return allowed(schemas[schema.$ref.split('/').at(-1) ?? ''], at);
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, one]) =>
    OF_ANOTHER.includes(name) ? [] : allowed(one, `${at}.${name}`),
  );
  const choices = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return [
    ...(schema.enum ?? []).map((value) => `${at} ${value}`),
    ...inside,
    ...choices.flatMap((one) => allowed(one, at)),
  ];
}

/** The same of each text that the object has. */
function had(value: unknown, at: string): string[] {
  if (typeof value === 'string') return [`${at} ${value}`];
  if (Array.isArray(value)) return value.flatMap((one) => had(one, at));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => had(one, `${at}.${name}`));
}

it.each([
  ['File', schemas.Upload?.properties?.files?.items, FILES, []],
  ['Expected', schemas.Expected, EXPECTED, []],
  ['Upload', schemas.Upload, Object.values(UPLOADS), []],
  ['Conversation', schemas.Conversation, Object.values(CONVERSATIONS), STAGES_OF_RECORDINGS],
  ['OmiSyncJob', schemas.OmiSyncJob, Object.values(JOBS), []],
] as const)(
  'every value by which the schema of %s tells a state has a fixture',
  (name, schema, fixtures, never) => {
    const states = allowed(schema, name).filter(
      (one) => !never.some((stage) => one.endsWith(`.stage ${stage}`)),
    );
    expect(states.length).toBeGreaterThan(0);
    const shown = new Set(fixtures.flatMap((one) => had(one, name)));
    expect(states.filter((one) => !shown.has(one))).toEqual([]);
  },
);

/** An answer to a request has them, and nothing that stays. */
const OF_REQUESTS = ['name_with_path', 'time_not_the_reason', 'user_deleted', 'range_outside'];
/** The states of a sound (states/sounds.ts), which needs a browser. */
const OF_SOUNDS = ['audio_gone', 'audio_not_ready', 'no_sound', 'audio_address'];

it('every code that a recording may have, or a note about one, has a fixture', () => {
  const codes = FILES.flatMap(({ code, noticeCode }) => [code, noticeCode]).filter((code) => code !== null);
  const known = Object.keys(ERRORS).filter((code) => !(code in REQUEST_ERRORS));
  expect([...new Set([...codes, ...OF_REQUESTS, ...OF_SOUNDS])].sort()).toEqual(known.sort());
  const source = readFileSync(new URL('../../packages/page/src/states/sounds.ts', import.meta.url), 'utf8');
  for (const code of OF_SOUNDS) expect(source).toContain(`'${code}'`);
});

it('what a fixture says of its code is what the table of errors says', () => {
  const table: Record<string, { retryable: boolean }> = ERRORS;
  for (const { code, outcome, retryable } of FILES) {
    if (code === null || (outcome !== 'rejected' && outcome !== 'failed')) continue;
    expect([code, retryable]).toEqual([code, table[code]?.retryable]);
  }
  for (const { code } of Object.values(CONVERSATIONS)) if (code !== null) expect(table).toHaveProperty(code);
});

it('no name stands for two states, and each kind has its picture in both shades', () => {
  expect(Object.keys(REASONS).filter((name) => name in RECORDINGS)).toEqual([]);
  const ids = [...FILES, ...Object.values(CONVERSATIONS).map(({ id }) => ({ recordingId: id }))];
  expect(new Set(ids.map(({ recordingId }) => recordingId)).size).toBe(ids.length);
  const page = readFileSync(new URL('../../packages/page/src/states/page.tsx', import.meta.url), 'utf8');
  const docs = readFileSync(new URL('../../docs/page/states.md', import.meta.url), 'utf8');
  const kinds = [...page.matchAll(/<(?:Kind|Files) of="(\w+)"/g)].map(([, kind]) => kind);
  expect(kinds.length).toBeGreaterThan(3);
  for (const kind of kinds)
    for (const shade of ['light', 'dark']) {
      expect(docs).toContain(`states/${kind}-${shade}.png`);
      const picture = new URL(`../../docs/page/states/${kind}-${shade}.png`, import.meta.url);
      expect(readFileSync(picture).length).toBeGreaterThan(0);
    }
});
