/** What is wrong with the settings, as sentences for whoever wrote them. */
import type { z } from 'zod';
import { belongTogether } from './push/settings.ts';
import type { Environment } from './settings.ts';
import { isLoopback, type Mode } from './sign-in/modes.ts';

export interface Mistake {
  variable: string;
  sentence: string;
}

/** What holds a password is not repeated: the sentence goes to a terminal and into logs. */
const HOLDS_SECRETS = /_KEY$|_SECRET$|^DATABASE_URL$|^AFTERWORD_DATABASE_DIRECT_URL$|^AFTERWORD_PRICES$/;
const LONGEST_VALUE = 80;
/** Of our own tests and scripts; no server reads them. */
const OF_DEVELOPERS = new Set([
  'AFTERWORD_UPDATE_DOCS',
  'AFTERWORD_TEST_REPORT',
  'AFTERWORD_CRASH_SEED',
  'AFTERWORD_DAY_ORDERS',
]);
/** Settings that there were, with what has become of what they did. */
const GONE: ReadonlyMap<string, string> = new Map([
  ['AFTERWORD_TRANSCRIBER_HEDGE', 'slow calls are not made a second time any more'],
]);
/** What Kubernetes tells every container about a service that is called `afterword`. */
const OF_KUBERNETES = /^AFTERWORD_(SERVICE_|PORT_\d+_)/;

export function tellMistakes(mistakes: readonly Mistake[]): string {
  const lines = mistakes.map(({ sentence }) => `  ${sentence}`);
  return `The settings cannot be used:\n${lines.join('\n')}`;
}

export function mistakeOf(variable: string, given: string | undefined, issues: z.core.$ZodIssue[]): Mistake {
  const inside = issues.filter(({ path }) => path.length > 0);
  if (inside.length > 0) {
    const places = inside.map(
      ({ path, message }) => `${[variable, ...path.map(String)].join('.')}: ${message}.`,
    );
    return { variable, sentence: places.join('\n  ') };
  }
  const wanted = issues.map(({ message }) => message).join('; ');
  if (variable === 'AFTERWORD_PORT' && given?.startsWith('tcp://')) {
    const why =
      'Kubernetes sets it for a service called "afterword". Set enableServiceLinks: false, or set it yourself';
    return { variable, sentence: `AFTERWORD_PORT is "${given}": ${why}.` };
  }
  const shown = given === undefined || HOLDS_SECRETS.test(variable) ? '' : ` is ${quoted(given)}`;
  return { variable, sentence: `${variable}${shown}: ${wanted}.` };
}

function quoted(value: string): string {
  const line = value.replace(/\p{C}/gu, '�').replace(/\/\/[^/@]*@/g, '//…@');
  return `"${line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE)}…` : line}"`;
}

/** A misspelt variable would otherwise be a setting that has no effect, found out when it matters. */
export function unknownSettings(given: readonly string[], known: readonly string[]): Mistake[] {
  return given
    .filter((name) => /^AFTERWORD_/i.test(name) && !known.includes(name))
    .filter((name) => !OF_DEVELOPERS.has(name) && !OF_KUBERNETES.test(name))
    .map((variable) => {
      const gone = GONE.get(variable.toUpperCase());
      if (gone) return { variable, sentence: `${variable} is no longer there: ${gone}. Remove it.` };
      const neighbour = nearest(variable.toUpperCase(), known);
      return { variable, sentence: `${variable} is no setting. Is ${neighbour} meant?` };
    });
}

function nearest(name: string, known: readonly string[]): string {
  let best = { name: '', distance: Number.POSITIVE_INFINITY };
  for (const candidate of known) {
    const distance = distanceOf(name, candidate);
    if (distance < best.distance) best = { name: candidate, distance };
  }
  return best.name;
}

/** Levenshtein's: letters to insert, remove or exchange. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** What no variable can know by itself. A variable that is wrong already is not called missing as well. */
export function combinationMistakes(env: Partial<Environment>, wrong: ReadonlySet<string>): Mistake[] {
  const mistakes: Mistake[] = [];
  const tell = (variable: string, sentence: string) => {
    if (!wrong.has(variable)) mistakes.push({ variable, sentence });
  };
  signInMistakes(env, tell);
  pushMistakes(env, tell);
  const kinds = env.AFTERWORD_TRANSCRIBER ?? [];
  const first = kinds.find((kind) => kind !== 'local');

  const needs = (kind: 'openai' | 'deepgram' | 'assemblyai', what: 'URL' | 'KEY' | 'MODEL', why: string) => {
    const own = `AFTERWORD_${kind.toUpperCase() as Uppercase<typeof kind>}_${what}` as const;
    const shared = `AFTERWORD_TRANSCRIBER_${what}` as const;
    const isGiven = env[own] !== undefined || (kind === first && env[shared] !== undefined);
    if (isGiven || (kind === first && wrong.has(shared))) return;
    tell(own, `AFTERWORD_TRANSCRIBER=${kinds.join(',')} needs ${why}: set ${own}.`);
  };
  for (const kind of kinds) {
    if (kind === 'openai') {
      needs(kind, 'URL', 'the address of the OpenAI-compatible server, as http://localhost:8000/v1');
      needs(kind, 'MODEL', 'the name of a model, as whisper-1');
    } else if (kind !== 'local') needs(kind, 'KEY', 'a key');
  }
  const language = env.AFTERWORD_LANGUAGE;
  if (language && kinds.join() === 'local' && !/^en(-|$)/i.test(language)) {
    const why = 'the local model knows English only';
    tell(
      'AFTERWORD_LANGUAGE',
      `AFTERWORD_LANGUAGE is "${language}": ${why}. Name a server in AFTERWORD_TRANSCRIBER.`,
    );
  }
  if (env.AFTERWORD_VAD === 'hosted' && env.AFTERWORD_VAD_URL === undefined)
    tell(
      'AFTERWORD_VAD_URL',
      'AFTERWORD_VAD=hosted needs the address of the detector: set AFTERWORD_VAD_URL.',
    );
  const [, provider] = /^([^:]+):/.exec(env.AFTERWORD_LANGUAGE_MODEL ?? '') ?? [];
  const ofModel = (what: 'URL' | 'KEY', why: string) => {
    const variable = `AFTERWORD_LANGUAGE_MODEL_${what}` as const;
    if (env[variable] === undefined)
      tell(
        variable,
        `AFTERWORD_LANGUAGE_MODEL=${env.AFTERWORD_LANGUAGE_MODEL} needs ${why}: set ${variable}.`,
      );
  };
  if (provider === 'openai-compatible')
    ofModel('URL', 'the address of the server, as http://localhost:11434/v1');
  else if (provider !== undefined) ofModel('KEY', 'a key');
  return mistakes;
}

type Tell = (variable: string, sentence: string) => void;

/** Half a pair of keys sends nothing, and one with another half sends what every push service refuses. */
function pushMistakes(env: Partial<Environment>, tell: Tell): void {
  const { AFTERWORD_VAPID_PUBLIC_KEY: publicKey, AFTERWORD_VAPID_PRIVATE_KEY: privateKey } = env;
  if ((publicKey === undefined) !== (privateKey === undefined)) {
    const missing = publicKey === undefined ? 'AFTERWORD_VAPID_PUBLIC_KEY' : 'AFTERWORD_VAPID_PRIVATE_KEY';
    tell(missing, `${missing} is missing: Web Push needs the pair that \`afterword push-keys\` prints.`);
  }
  if (publicKey === undefined || privateKey === undefined) return;
  if (!belongTogether({ publicKey, privateKey }))
    tell(
      'AFTERWORD_VAPID_PUBLIC_KEY',
      'AFTERWORD_VAPID_PUBLIC_KEY is not the public key of AFTERWORD_VAPID_PRIVATE_KEY: set both as `afterword push-keys` printed them.',
    );
  if (env.AFTERWORD_VAPID_SUBJECT === undefined && !env.AFTERWORD_PUBLIC_URL?.startsWith('https:'))
    tell(
      'AFTERWORD_VAPID_SUBJECT',
      'AFTERWORD_VAPID_SUBJECT is missing: push services want to know whom to ask. Set it to mailto: with your address.',
    );
}

/** Each way of signing in needs what it checks by, and none may let strangers in. */
function signInMistakes(env: Partial<Environment>, tell: Tell): void {
  const modes = env.AFTERWORD_SIGN_IN;
  const isLocal = isLoopback(env.AFTERWORD_HOST ?? '');
  const needs = (mode: Mode, variable: keyof Environment, why: string) => {
    if (modes?.includes(mode) && env[variable] === undefined)
      tell(variable, `AFTERWORD_SIGN_IN=${modes.join(',')} needs ${why}: set ${variable}.`);
  };
  if (modes?.includes('dev') && !isLocal)
    tell(
      'AFTERWORD_SIGN_IN',
      `AFTERWORD_SIGN_IN=${modes.join(',')} lets everybody in without a key, and AFTERWORD_HOST is ${env.AFTERWORD_HOST}: use dev on loopback (127.0.0.1) only.`,
    );
  if (modes && !modes.includes('header') && !modes.includes('dev') && env.AFTERWORD_SINGLE_USER)
    tell(
      'AFTERWORD_SINGLE_USER',
      `AFTERWORD_SINGLE_USER=true lets everybody in as one person, and AFTERWORD_SIGN_IN=${modes.join(',')} asks each for a sign-in. Remove one of them.`,
    );
  needs('oidc', 'AFTERWORD_OIDC_ISSUER', 'the address of the provider, as https://accounts.example.com');
  needs('oidc', 'AFTERWORD_OIDC_CLIENT_ID', 'the id under which the provider knows this server');
  if (!isLocal) needs('oidc', 'AFTERWORD_PUBLIC_URL', 'the address to which the provider sends people back');
  needs('firebase', 'AFTERWORD_FIREBASE_PROJECT', 'the project whose tokens are taken');
  for (const variable of ['AFTERWORD_OIDC_ISSUER', 'AFTERWORD_FIREBASE_KEYS_URL'] as const) {
    const url = URL.parse(env[variable] ?? '');
    if (url?.protocol === 'http:' && !isLoopback(url.hostname))
      tell(
        variable,
        `${variable} is ${url.href}: who reads the network could sign in as anybody. Use https.`,
      );
  }
}
