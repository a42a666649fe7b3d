import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createLanguageModelUnderstander } from '../../src/meaning/language-model/understander.ts';
import { SETTINGS } from '../../src/settings.ts';
import { plainEnvironment } from '../support/server.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** For every setting a value that nobody can mean, and what the sentence must say that is wanted. Free text has none. */
const WRONG: Record<keyof typeof SETTINGS, [value: string, wanted: RegExp] | 'any text'> = {
  AFTERWORD_PORT: ['abc', /is "abc": it must be a whole number from 0 to 65535/],
  AFTERWORD_WORKER_PORT: ['65536', /is "65536": it must be a whole number from 0 to 65535/],
  AFTERWORD_HOST: ['http://0.0.0.0', /it must be an address of this machine/],
  AFTERWORD_HOSTS: ['afterword.example,http://x', /"http:\/\/x" is no host name/],
  AFTERWORD_SINGLE_USER: ['perhaps', /it must be true or false/],
  AFTERWORD_SIGN_IN: ['password', /"password" is unknown, use keys, oidc, firebase, header or dev/],
  AFTERWORD_SIGN_IN_PEOPLE: 'any text',
  AFTERWORD_SECRET: ['too short', /^ {2}AFTERWORD_SECRET: it must have at least 32 characters/],
  AFTERWORD_SECRET_KEY: [
    'short,keys',
    /^ {2}AFTERWORD_SECRET_KEY: each key must have at least 32 characters/,
  ],
  AFTERWORD_AUDIO_KEY: ['short,keys', /^ {2}AFTERWORD_AUDIO_KEY: each key must have at least 32 characters/],
  AFTERWORD_PUBLIC_URL: ['afterword.example', /begins with http/],
  AFTERWORD_OIDC_ISSUER: ['accounts.example', /begins with http/],
  AFTERWORD_OIDC_CLIENT_ID: 'any text',
  AFTERWORD_OIDC_CLIENT_SECRET: [
    'a b',
    /^ {2}AFTERWORD_OIDC_CLIENT_SECRET: it has characters that no key can/,
  ],
  AFTERWORD_FIREBASE_PROJECT: ['My Project', /must be the id of a Firebase project/],
  AFTERWORD_FIREBASE_KEYS_URL: ['keys.json', /begins with http/],
  AFTERWORD_DATA_DIR: 'any text',
  AFTERWORD_DATABASE_DIRECT_URL: [
    'mysql://ada:secret@db/x',
    /^ {2}AFTERWORD_DATABASE_DIRECT_URL: it must be an address like postgres:/,
  ],
  DATABASE_URL: ['mysql://ada:secret@db/x', /^ {2}DATABASE_URL: it must be an address like postgres:/],
  AFTERWORD_LOG_LEVEL: ['loud', /is "loud": use trace, debug, info, warn, error, fatal or silent/],
  AFTERWORD_LOG_FILE: 'any text',
  AFTERWORD_LOG_FILE_BYTES: ['9999', /a size like 500kB, 200MB or 2GB, of at least 10000/],
  AFTERWORD_RECOGNIZERS: ['0', /whole number from 1 to 64/],
  AFTERWORD_MODEL: ['huge', /use base or tiny/],
  AFTERWORD_BLOBS: ['s3://Not_A_Bucket', /is not the name of a bucket/],
  AFTERWORD_TRANSCRIBER: ['whisper', /"whisper" is unknown, use local, openai, deepgram or assemblyai/],
  AFTERWORD_TRANSCRIBER_URL: ['localhost:8000', /must be an address that begins with http/],
  AFTERWORD_TRANSCRIBER_KEY: [
    'a\nb',
    /^ {2}AFTERWORD_TRANSCRIBER_KEY: it has characters that no key can have/,
  ],
  AFTERWORD_TRANSCRIBER_MODEL: 'any text',
  AFTERWORD_DEEPGRAM_URL: ['https://ada:secret@x', /must not hold a password/],
  AFTERWORD_DEEPGRAM_KEY: ['ä', /no key can have/],
  AFTERWORD_DEEPGRAM_MODEL: 'any text',
  AFTERWORD_ASSEMBLYAI_URL: ['ftp://x', /begins with http/],
  AFTERWORD_ASSEMBLYAI_KEY: ['a b', /no key can have/],
  AFTERWORD_ASSEMBLYAI_MODEL: 'any text',
  AFTERWORD_OPENAI_URL: ['/v1', /begins with http/],
  AFTERWORD_OPENAI_KEY: ['”', /no key can have/],
  AFTERWORD_OPENAI_MODEL: 'any text',
  AFTERWORD_LANGUAGE: ['swedish', /language tag \(BCP 47\), as sv/],
  AFTERWORD_KEYTERMS: ['x'.repeat(101), /at most 100 characters/],
  AFTERWORD_TRANSCRIBER_DEADLINE_MS: [
    'soon',
    /milliseconds, or a time like 30s, 10m or 2h, from 100ms to 10m/,
  ],
  AFTERWORD_TRANSCRIBER_CALLS: ['many', /whole number from 1 to 256/],
  AFTERWORD_SAMPLES: ['perhaps', /it must be true or false/],
  AFTERWORD_FFMPEG: 'any text',
  AFTERWORD_WATCH: ['memos', /no absolute path/],
  AFTERWORD_VAD: ['remote', /use local or hosted/],
  AFTERWORD_VAD_URL: ['vad', /begins with http/],
  AFTERWORD_VAD_KEY: ['a\tb', /no key can have/],
  AFTERWORD_VAD_DEADLINE_MS: ['2h', /from 100ms to 1m/],
  AFTERWORD_VAD_CALLS: ['-1', /whole number from 1 to 256/],
  AFTERWORD_LANGUAGE_MODEL: ['gpt', /must be provider:model, with openai, anthropic/],
  AFTERWORD_LANGUAGE_MODEL_URL: ['ollama', /begins with http/],
  AFTERWORD_LANGUAGE_MODEL_KEY: ['a\u0000b', /no key can have/],
  AFTERWORD_LANGUAGE_MODEL_CONTEXT: ['100', /whole number from \d+ to 2000000/],
  AFTERWORD_LANGUAGE_MODEL_CALLS: ['1.5', /whole number from 1 to 256/],
  AFTERWORD_TRANSCRIBER_LIMIT: ['none', /whole number from 0 to 10000, or off/],
  AFTERWORD_LANGUAGE_MODEL_LIMIT: ['1e3', /or off/],
  AFTERWORD_TRANSCRIBER_PER_SECOND: ['0', /a number from 0.001 to 10000/],
  AFTERWORD_PRICES: [
    '/no/such/file.json',
    /the file \/no\/such\/file\.json cannot be read: there is no such file/,
  ],
  AFTERWORD_TIMEOUTS: ['{"GET /nowhere": 5}', /names "GET \/nowhere", which is no route/],
  AFTERWORD_SYNC_WAIT_MS: ['5m', /from 0 to 110s/],
  AFTERWORD_TRY_MS: ['1 fortnight', /time like 30s/],
  AFTERWORD_QUIET_MS: ['1,5s', /time like 30s/],
  AFTERWORD_MAX_FILE_BYTES: ['200 XB', /a size like 500kB, 200MB or 2GB/],
  AFTERWORD_DRAIN_MS: ['25h', /from 0 to 1d/],
  AFTERWORD_PERSON_REQUESTS_PER_MINUTE: ['many', /a whole number from 1 to 10000000, or off/],
  AFTERWORD_PERSON_BYTES_UNDER_WAY: ['lots', /a size like 500kB, 200MB or 2GB, of at least 1, or off/],
  AFTERWORD_PERSON_STORED_BYTES: ['-1', /a size like 500kB, 200MB or 2GB, of at least 1, or off/],
  AFTERWORD_PERSON_QUEUED_HOURS: ['a week', /a number from 0.001 to 1000000, or off/],
  AFTERWORD_PERSON_LANGUAGE_CALLS_PER_DAY: ['1.5', /a whole number from 1 to 100000000, or off/],
  AFTERWORD_FINISHED_WORK_DAYS: ['a week', /a number from 0 to 3650/],
  AFTERWORD_KEY: ['two words', /characters that no key can have/],
  AFTERWORD_METRICS_TOKEN: ['short', /must have at least 32 characters/],
  AFTERWORD_LOG_USER_IDS: ['perhaps', /true or false/],
  AFTERWORD_WEBHOOK_NETWORKS: ['10.0.0.0/8,10.0.0.0/99', /"10.0.0.0\/99" is no network/],
  AFTERWORD_EVENTS_DAYS: ['a month', /a number from 0.01 to 3650/],
  AFTERWORD_FCM_KEY: ['/no/such/key.json', /the file cannot be read: there is no such file/],
  AFTERWORD_FCM_URL: ['fcm.googleapis.com', /begins with http/],
  AFTERWORD_FCM_TOKEN_URL: ['oauth2', /begins with http/],
  AFTERWORD_VAPID_PUBLIC_KEY: ['BEl6', /a public key as `afterword push-keys` prints it/],
  AFTERWORD_VAPID_PRIVATE_KEY: ['secret', /a private key as `afterword push-keys` prints it/],
  AFTERWORD_VAPID_SUBJECT: ['me', /mailto: with an address, or an https address/],
  AFTERWORD_PUSH_NETWORKS: ['10.0.0.0/8,10.0.0.0/99', /"10.0.0.0\/99" is no network/],
  AFTERWORD_TIME_ZONE: ['mars/phobos', /IANA time zone, as Europe\/Stockholm/],
};

function mistakes(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

const lineOf = (message: string, name: string) =>
  message.split('\n').find((line) => line.startsWith(`  ${name}`)) ?? '';

describe('each setting with a wrong value', () => {
  it.each(Object.entries(WRONG))('%s says what is wanted', (name, wrong) => {
    if (wrong === 'any text') return;
    const [value, wanted] = wrong;
    const line = lineOf(mistakes({ [name]: value }), name);
    expect(line).toMatch(wanted);
    expect(line).not.toMatch(/NaN|Invalid|expected|undefined|secret/);
    expect(line.endsWith('.')).toBe(true);
  });

  it('all at once', () => {
    const all = Object.fromEntries(
      Object.entries(WRONG).flatMap(([name, wrong]) => (wrong === 'any text' ? [] : [[name, wrong[0]]])),
    );
    const message = mistakes(all);
    for (const name of Object.keys(all)) expect(lineOf(message, name), name).not.toBe('');
  });

  it('never repeats a key or a password', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{12} [a-z]{3}$/), (secret) => {
        const message = mistakes({ AFTERWORD_OPENAI_KEY: secret, DATABASE_URL: `mysql://a:${secret}@b/c` });
        expect(message).not.toContain(secret);
      }),
    );
  });
});

describe('settings', () => {
  it('take sizes and times with their units, as people write them', () => {
    const { maxFileBytes, tryMs, drainMs, quietMs } = readConfig({
      AFTERWORD_MAX_FILE_BYTES: '200MB',
      AFTERWORD_TRY_MS: '10m',
      AFTERWORD_DRAIN_MS: '1.5 h',
      AFTERWORD_QUIET_MS: '250',
    });
    expect([maxFileBytes, tryMs, drainMs, quietMs]).toEqual([209_715_200, 600_000, 5_400_000, 250]);
    for (const size of ['2GB', '2 GiB', '2gb', '2048MB', String(2 * 1024 ** 3)])
      expect(readConfig({ AFTERWORD_MAX_FILE_BYTES: size }).maxFileBytes).toBe(2 * 1024 ** 3);
    expect(readConfig({ AFTERWORD_PORT: '' }).port).toBe(4747);
  });

  it('name a misspelt one and its neighbour', () => {
    expect(mistakes({ AFTERWORD_TRANSCRIBERS: 'local' })).toContain(
      'AFTERWORD_TRANSCRIBERS is no setting. Is AFTERWORD_TRANSCRIBER meant?',
    );
    expect(mistakes({ AFTERWORD_LANGUAGEMODEL_KEY: 'x' })).toContain(
      'Is AFTERWORD_LANGUAGE_MODEL_KEY meant?',
    );
    expect(mistakes({ Afterword_Port: '1' })).toContain('Is AFTERWORD_PORT meant?');
    // What Kubernetes says about a service of that name is no setting of anybody's.
    expect(mistakes({ AFTERWORD_SERVICE_HOST: '10.0.0.1', AFTERWORD_PORT_4747_TCP: 'tcp://x' })).toBe('');
    expect(mistakes({ AFTERWORD_PORT: 'tcp://10.0.0.1:4747' })).toContain('enableServiceLinks');
  });

  it('say of one that is gone that it is gone, and not that another is meant', () => {
    expect(mistakes({ AFTERWORD_TRANSCRIBER_HEDGE: '0.05' })).toContain(
      'AFTERWORD_TRANSCRIBER_HEDGE is no longer there: slow calls are not made a second time any more. Remove it.',
    );
  });

  it.each([
    [{ AFTERWORD_TRANSCRIBER: 'openai' }, ['AFTERWORD_OPENAI_URL', 'AFTERWORD_OPENAI_MODEL']],
    [{ AFTERWORD_TRANSCRIBER: 'deepgram' }, ['needs a key: set AFTERWORD_DEEPGRAM_KEY.']],
    [{ AFTERWORD_TRANSCRIBER: 'local,assemblyai' }, ['needs a key: set AFTERWORD_ASSEMBLYAI_KEY.']],
    [
      { AFTERWORD_TRANSCRIBER: 'deepgram,assemblyai', AFTERWORD_TRANSCRIBER_KEY: 'k' },
      ['needs a key: set AFTERWORD_ASSEMBLYAI_KEY.'],
    ],
    [{ AFTERWORD_VAD: 'hosted' }, ['set AFTERWORD_VAD_URL']],
    [{ AFTERWORD_LANGUAGE: 'sv' }, ['the local model knows English only']],
    [{ AFTERWORD_LANGUAGE_MODEL: 'anthropic:x' }, ['set AFTERWORD_LANGUAGE_MODEL_KEY']],
    [{ AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:x' }, ['set AFTERWORD_LANGUAGE_MODEL_URL']],
  ])('that need others say which: %j', (given, wanted) => {
    const message = mistakes(given as Record<string, string>);
    for (const words of wanted) expect(message).toContain(words);
    expect(message.split('\n')).toHaveLength(1 + wanted.length);
  });

  it('that are wrong are not called missing as well', () => {
    const message = mistakes({ AFTERWORD_TRANSCRIBER: 'deepgram', AFTERWORD_DEEPGRAM_KEY: 'ä' });
    expect(message.split('\n')).toHaveLength(2);
  });

  it('are checked at the start of every role', { timeout: 60_000 }, async () => {
    const env = {
      ...plainEnvironment(),
      DATABASE_URL: 'postgres://127.0.0.1:1/none',
      AFTERWORD_TRANSCRIBER: 'openai',
      AFTERWORD_PORT: 'abc',
    };
    for (const role of ['all', 'api', 'worker']) {
      const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
        execFile(process.execPath, [MAIN, 'serve', '--role', role], { env }, (error, _stdout, stderr) =>
          resolve({ code: error?.code, stderr }),
        );
      });
      expect(code).toBe(1);
      expect(stderr).toContain('AFTERWORD_PORT is "abc"');
      expect(stderr).toContain('AFTERWORD_OPENAI_URL');
    }
  });

  it('give a language model at least what its prompts take', async () => {
    const { min } =
      /from (?<min>\d+) to/.exec(mistakes({ AFTERWORD_LANGUAGE_MODEL_CONTEXT: '1' }))?.groups ?? {};
    const understander = await createLanguageModelUnderstander({
      name: 'openai:any',
      key: 'k',
      contextTokens: Number(min),
      calls: 1,
    });
    await understander.close();
  });

  it('are all in the operator’s table', async () => {
    const table = await readFile(new URL('../../docs/operating.md', import.meta.url), 'utf8');
    for (const name of Object.keys(SETTINGS)) {
      const isListed =
        table.includes(`\`${name}\``) ||
        /_(DEEPGRAM|ASSEMBLYAI|OPENAI|TRANSCRIBER|VAD)_(URL|KEY|MODEL)$/.test(name);
      expect(isListed, name).toBe(true);
    }
  });
});

describe('what a start meets', () => {
  const started = async (settings: Record<string, string>): Promise<string> =>
    await new Promise((resolve) => {
      const env = { ...plainEnvironment(), AFTERWORD_PORT: '0', ...settings };
      execFile(process.execPath, [MAIN, 'serve'], { env }, (_error, _stdout, stderr) =>
        resolve(stderr.trim()),
      );
    });

  it('is told with the setting that it hangs on', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'afterword-start-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'file');
    await writeFile(file, '');
    const database = 'postgres://ada:secret@127.0.0.1:1/none';
    expect(await started({ AFTERWORD_DATA_DIR: join(file, 'data') })).toBe(
      `afterword: AFTERWORD_DATA_DIR: ${join(file, 'data')} cannot be created (a file stands in its way).`,
    );
    expect(await started({ AFTERWORD_DATA_DIR: folder, AFTERWORD_LOG_FILE: folder })).toBe(
      `afterword: AFTERWORD_LOG_FILE: ${folder} cannot be written (it is a folder).`,
    );
    expect(await started({ AFTERWORD_DATA_DIR: folder, DATABASE_URL: database })).toBe(
      'afterword: DATABASE_URL: the database 127.0.0.1:1/none cannot be used: nothing listens there.',
    );
    // An error of the look-up is the address's own, and not that of the database, which was found.
    expect(
      await started({ AFTERWORD_DATA_DIR: join(folder, 'data'), AFTERWORD_HOST: 'afterword.invalid' }),
    ).toBe(
      'afterword: The server cannot listen on port 0 of afterword.invalid (its name cannot be looked up). See AFTERWORD_PORT and AFTERWORD_HOST.',
    );
  });
});
