import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { PricesSetting } from './usage/prices.ts';

const HOUR_MS = 3_600_000;

const LimitSetting = z
  .string()
  .default('64')
  .transform((most) => (most === 'off' ? 0 : Number(most)))
  .pipe(z.number().int().min(0).max(10_000));

/** Every setting, with its default. Read from the environment once, at the start; the README's table follows this. */
const Environment = z.object({
  AFTERWORD_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  AFTERWORD_HOST: z.string().default('127.0.0.1'),
  /** Names by which it may be called beside loopback and its own address, with commas between them; `*` for any. */
  AFTERWORD_HOSTS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((host) => host.trim().toLowerCase() || []))
    .pipe(z.array(z.string().regex(/^(\*|\[[\da-f:.]+\]|[^\s:/@[\]]+)(:\d{1,5})?$/, 'is not a host name'))),
  /**
   * Requests without `X-Afterword-User` are those of the one person who has this server. On loopback they are, without
   * this setting; elsewhere a gateway that forgets the header would make all people one.
   */
  AFTERWORD_SINGLE_USER: z.stringbool().optional(),
  AFTERWORD_DATA_DIR: z.string().default('.afterword'),
  /** A PostgreSQL of yours instead of the embedded one. */
  DATABASE_URL: z.url().optional(),
  AFTERWORD_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Where the log goes; standard output without it, as JSON lines. */
  AFTERWORD_LOG_FILE: z.string().optional(),
  /** Local recognizers, one thread each; a second thread inside one doubles the CPU for nothing. */
  AFTERWORD_RECOGNIZERS: z.coerce.number().int().min(1).max(64).default(availableParallelism()),
  AFTERWORD_MODEL: z.enum(['base', 'tiny']).default('base'),
  /** Where the audio is kept: a folder, or `s3://bucket/prefix?endpoint=…&region=…`. `<data folder>/blobs` without it. */
  AFTERWORD_BLOBS: z.string().optional(),
  /**
   * `local`: Moonshine on this machine. The others are servers, with a URL and mostly a key. Several, as in
   * `deepgram,openai,local`: the first that is well is asked.
   */
  AFTERWORD_TRANSCRIBER: z
    .string()
    .default('local')
    .transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(['local', 'openai', 'deepgram', 'assemblyai'])))
    .refine((kinds) => new Set(kinds).size === kinds.length, 'names one twice'),
  /** Of the first server in the list, or of each by its own name. */
  AFTERWORD_TRANSCRIBER_URL: z.url().optional(),
  AFTERWORD_TRANSCRIBER_KEY: z.string().optional(),
  AFTERWORD_TRANSCRIBER_MODEL: z.string().optional(),
  AFTERWORD_DEEPGRAM_URL: z.url().optional(),
  AFTERWORD_DEEPGRAM_KEY: z.string().optional(),
  AFTERWORD_DEEPGRAM_MODEL: z.string().optional(),
  AFTERWORD_ASSEMBLYAI_URL: z.url().optional(),
  AFTERWORD_ASSEMBLYAI_KEY: z.string().optional(),
  AFTERWORD_ASSEMBLYAI_MODEL: z.string().optional(),
  AFTERWORD_OPENAI_URL: z.url().optional(),
  AFTERWORD_OPENAI_KEY: z.string().optional(),
  AFTERWORD_OPENAI_MODEL: z.string().optional(),
  /** BCP 47. Without it servers find out by themselves, piece by piece. */
  AFTERWORD_LANGUAGE: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z\d]+)*$/, 'is not a BCP 47 tag')
    .optional(),
  /** Names and terms to listen for, with commas between them. */
  AFTERWORD_KEYTERMS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((term) => term.trim() || []))
    .pipe(z.array(z.string().max(100)).max(100)),
  /** For one call to a remote transcriber, from when its turn has come. */
  AFTERWORD_TRANSCRIBER_DEADLINE_MS: z.coerce.number().int().min(100).max(600_000).default(120_000),
  /** Calls that one worker has under way at once with a remote transcriber. */
  AFTERWORD_TRANSCRIBER_CALLS: z.coerce.number().int().min(1).max(256).default(8),
  /** `local`: Silero on this machine, which also stands in when a `hosted` detector has no answer. */
  AFTERWORD_VAD: z.enum(['local', 'hosted']).default('local'),
  /** The whole address of the hosted detector. */
  AFTERWORD_VAD_URL: z.url({ protocol: /^https?$/ }).optional(),
  AFTERWORD_VAD_KEY: z.string().optional(),
  /** For one window of 30 s, the wait for its turn included; then it is heard here. */
  AFTERWORD_VAD_DEADLINE_MS: z.coerce.number().int().min(100).max(60_000).default(3_000),
  /** Calls that one worker has under way at once with the hosted detector. */
  AFTERWORD_VAD_CALLS: z.coerce.number().int().min(1).max(256).default(8),
  /** `provider:model` with openai, anthropic, google or openai-compatible. Without it the words are only extracted. */
  AFTERWORD_LANGUAGE_MODEL: z
    .string()
    .regex(/^(openai|anthropic|google|openai-compatible):./, 'is not provider:model')
    .optional(),
  AFTERWORD_LANGUAGE_MODEL_URL: z.url().optional(),
  AFTERWORD_LANGUAGE_MODEL_KEY: z.string().optional(),
  /** Tokens that the model reads at once. Longer conversations are read in parts. */
  AFTERWORD_LANGUAGE_MODEL_CONTEXT: z.coerce.number().int().min(2048).max(2_000_000).optional(),
  /** Calls that one worker has under way at once with the language model. */
  AFTERWORD_LANGUAGE_MODEL_CALLS: z.coerce.number().int().min(1).max(256).default(8),
  /**
   * Calls at once that a server may get from all workers together; how many are wise is found out below that. 64 are
   * eight workers' calls. 0 or `off`: each worker has its own calls, whatever the others do.
   */
  AFTERWORD_TRANSCRIBER_LIMIT: LimitSetting,
  /** The same of a language model, by its refusals and time-outs. */
  AFTERWORD_LANGUAGE_MODEL_LIMIT: LimitSetting,
  /** Calls begun per second with each server, by all workers together. */
  AFTERWORD_TRANSCRIBER_PER_SECOND: z.coerce.number().positive().max(10_000).optional(),
  /** The share of calls that may be made a second time when the first is slow: 0.05 are 5 more in 100. */
  AFTERWORD_TRANSCRIBER_HEDGE: z.coerce.number().min(0).max(1).default(0),
  /** US dollars by `provider:model`, as JSON or the path of a JSON file. What has no price is counted without one. */
  AFTERWORD_PRICES: PricesSetting,
  /** How long `POST /v1/sync-local-files` waits. Under the 60 s at which many gateways give up. */
  AFTERWORD_SYNC_WAIT_MS: z.coerce.number().int().min(0).max(110_000).default(55_000),
  /**
   * What one try at a recording may take beside twice its length, waits for turns included; what was heard by then is
   * kept. A provider that is ten times as slow for a while stays within it.
   */
  AFTERWORD_TRY_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .max(24 * HOUR_MS)
    .default(900_000),
  /** A conversation is understood once nothing new has been sent for this long. */
  AFTERWORD_QUIET_MS: z.coerce.number().int().min(0).max(HOUR_MS).default(1_000),
  AFTERWORD_MAX_FILE_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(200 * 1024 * 1024),
  /** How long SIGTERM waits for running work before it is handed over to the next start. */
  AFTERWORD_DRAIN_MS: z.coerce.number().int().min(0).default(10_000),
  AFTERWORD_TIME_ZONE: z.string().default('UTC').refine(isTimeZone, 'is not an IANA time zone'),
});

/** What no variable can know by itself. */
const Settings = Environment.refine(
  (env) => env.AFTERWORD_VAD === 'local' || env.AFTERWORD_VAD_URL !== undefined,
  { path: ['AFTERWORD_VAD_URL'], message: 'is needed with AFTERWORD_VAD=hosted' },
).refine((env) => env.AFTERWORD_TRANSCRIBER_HEDGE === 0 || env.AFTERWORD_TRANSCRIBER_LIMIT > 0, {
  path: ['AFTERWORD_TRANSCRIBER_HEDGE'],
  message: 'needs AFTERWORD_TRANSCRIBER_LIMIT: a second call is only made where there is room for it',
});

export const DEFAULT_PORT = 4747;

export type Config = ReturnType<typeof readConfig>;

/** @throws Error that names each variable and what is wrong with it. */
export function readConfig(environment: NodeJS.ProcessEnv) {
  // An empty variable is an unset one: that is what `VAR= command` and most compose files mean.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Settings.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The configuration is not usable:\n${lines.join('\n')}`);
  }
  const env = parsed.data;
  return {
    port: env.AFTERWORD_PORT ?? DEFAULT_PORT,
    portWasChosen: env.AFTERWORD_PORT !== undefined,
    host: env.AFTERWORD_HOST,
    hosts: env.AFTERWORD_HOSTS,
    singleUser: env.AFTERWORD_SINGLE_USER ?? isLoopback(env.AFTERWORD_HOST),
    dataDir: resolve(env.AFTERWORD_DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    logLevel: env.AFTERWORD_LOG_LEVEL,
    logFile: env.AFTERWORD_LOG_FILE,
    recognizers: env.AFTERWORD_RECOGNIZERS,
    blobs: env.AFTERWORD_BLOBS,
    transcriber: {
      kinds: env.AFTERWORD_TRANSCRIBER,
      localModel: env.AFTERWORD_MODEL,
      ...serversOf(env),
      language: env.AFTERWORD_LANGUAGE,
      keyterms: env.AFTERWORD_KEYTERMS,
      deadlineMs: env.AFTERWORD_TRANSCRIBER_DEADLINE_MS,
      calls: env.AFTERWORD_TRANSCRIBER_CALLS,
      limit: env.AFTERWORD_TRANSCRIBER_LIMIT,
      perSecond: env.AFTERWORD_TRANSCRIBER_PER_SECOND,
      hedge: env.AFTERWORD_TRANSCRIBER_HEDGE,
    },
    vad: {
      kind: env.AFTERWORD_VAD,
      url: env.AFTERWORD_VAD_URL,
      key: env.AFTERWORD_VAD_KEY,
      deadlineMs: env.AFTERWORD_VAD_DEADLINE_MS,
      calls: env.AFTERWORD_VAD_CALLS,
    },
    languageModel: {
      name: env.AFTERWORD_LANGUAGE_MODEL,
      url: env.AFTERWORD_LANGUAGE_MODEL_URL,
      key: env.AFTERWORD_LANGUAGE_MODEL_KEY,
      contextTokens: env.AFTERWORD_LANGUAGE_MODEL_CONTEXT,
      calls: env.AFTERWORD_LANGUAGE_MODEL_CALLS,
      limit: env.AFTERWORD_LANGUAGE_MODEL_LIMIT,
    },
    prices: env.AFTERWORD_PRICES,
    syncWaitMs: env.AFTERWORD_SYNC_WAIT_MS,
    quietMs: env.AFTERWORD_QUIET_MS,
    tryMs: env.AFTERWORD_TRY_MS,
    maxFileBytes: env.AFTERWORD_MAX_FILE_BYTES,
    drainMs: env.AFTERWORD_DRAIN_MS,
    timeZone: env.AFTERWORD_TIME_ZONE,
  };
}

const SERVERS = { openai: 'OPENAI', deepgram: 'DEEPGRAM', assemblyai: 'ASSEMBLYAI' } as const;

export type ServerKind = keyof typeof SERVERS;

function serversOf(env: z.infer<typeof Environment>) {
  const first = env.AFTERWORD_TRANSCRIBER.find((kind) => kind !== 'local');
  const server = (kind: ServerKind) => {
    const setting = (what: 'URL' | 'KEY' | 'MODEL') =>
      env[`AFTERWORD_${SERVERS[kind]}_${what}`] ??
      (kind === first ? env[`AFTERWORD_TRANSCRIBER_${what}`] : undefined);
    return { url: setting('URL'), key: setting('KEY'), model: setting('MODEL') };
  };
  return { openai: server('openai'), deepgram: server('deepgram'), assemblyai: server('assemblyai') };
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
