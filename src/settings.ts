import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { TimeoutsSetting } from './api/timeouts.ts';
import { isTimeZone } from './preferences/preferences.ts';
import { FcmKeySetting, VapidPrivateKey, VapidPublicKey, VapidSubject } from './push/settings.ts';
import {
  decimal,
  duration,
  httpUrl,
  integer,
  listOf,
  longSecret,
  oneOf,
  orOff,
  refuse,
  secret,
  size,
  text,
  yesOrNo,
} from './setting-kinds.ts';
import { MODES } from './sign-in/modes.ts';
import { parseBlobLocation } from './store/blobs/s3/location.ts';
import { PricesSetting } from './usage/prices.ts';
import { WatchSetting } from './watch/setting.ts';
import { isNetwork } from './webhooks/reachable.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Nobody means more, and a timer beyond 24.8 days would fire at once. */
const LONGEST_MS = 24 * HOUR_MS;

const calls = () => integer({ min: 1, max: 256 }).prefault('8');

const LimitSetting = z
  .string()
  .prefault('64')
  .transform((most, context) => {
    if (most === 'off') return 0;
    if (/^\d{1,5}$/.test(most) && Number(most) <= 10_000) return Number(most);
    return refuse(context, 'it must be a whole number from 0 to 10000, or off');
  });

const longSecrets = () =>
  z.string().transform((list, context) => {
    const keys = list.split(',').map((key) => key.trim());
    if (keys.every((key) => longSecret().safeParse(key).success)) return keys;
    return refuse(context, 'each key must have at least 32 characters, as openssl rand -hex 32 makes them');
  });

const networkList = () =>
  z
    .string()
    .default('')
    .transform((list, context) => {
      const ranges = list.split(',').flatMap((range) => range.trim() || []);
      const wrong = ranges.find((range) => !isNetwork(range));
      if (wrong === undefined) return ranges;
      return refuse(context, `"${wrong}" is no network, as 10.0.0.0/8 or fd00::/8`);
    });

/** Every setting, with its default. Read from the environment once, at the start; docs/operating.md has them all. */
export const SETTINGS = {
  AFTERWORD_PORT: integer({ min: 0, max: 65_535 }).optional(),
  /** Where a worker tells how it is, for whatever supervises it; nowhere without it. */
  AFTERWORD_WORKER_PORT: integer({ min: 0, max: 65_535 }).optional(),
  AFTERWORD_HOST: z
    .string()
    .regex(/^[\w.:%[\]-]+$/, 'it must be an address of this machine, as 127.0.0.1 or ::1, or a host name')
    .default('127.0.0.1'),
  /** Names by which it may be called beside loopback and its own address, with commas between them; `*` for any. */
  AFTERWORD_HOSTS: z
    .string()
    .default('')
    .transform((list, context) => {
      const hosts = list.split(',').flatMap((host) => host.trim().toLowerCase() || []);
      const wrong = hosts.find((host) => !/^(\*|\[[\da-f:.]+\]|[^\s:/@[\]]+)(:\d{1,5})?$/.test(host));
      if (wrong === undefined) return hosts;
      return refuse(context, `"${wrong}" is no host name, as afterword.example or 10.0.0.7:8080`);
    }),
  /**
   * Requests without `X-Afterword-User` are those of the one person who has this server. On loopback they are, without
   * this setting; elsewhere a gateway that forgets the header would make all people one.
   */
  AFTERWORD_SINGLE_USER: yesOrNo().optional(),
  /**
   * How people are let in, with commas between: API keys, OpenID Connect for pages, Firebase tokens as Omi's app sends them, a
   * gateway's X-Afterword-User, or nothing at all (`dev`, on loopback only). `header`, and on loopback `header,dev`, without it.
   */
  AFTERWORD_SIGN_IN: listOf(MODES).optional(),
  /** Who may sign in: addresses, domains as `@example.com`, subjects. Without it everybody whom the provider signs in. */
  AFTERWORD_SIGN_IN_PEOPLE: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((entry) => entry.trim() || [])),
  /** From it come the digests of keys and sessions. All api processes must have the same; a file in the data folder without it. */
  AFTERWORD_SECRET: longSecret().optional(),
  /** Encrypts what has to be read again, as the secrets of webhooks. Several with commas: the first one encrypts. */
  AFTERWORD_SECRET_KEY: longSecrets().optional(),
  /** Encrypts audio in its store. Several with commas: the first one encrypts, all decrypt. */
  AFTERWORD_AUDIO_KEY: longSecrets().optional(),
  /** The address by which people reach the server, as https://afterword.example. */
  AFTERWORD_PUBLIC_URL: httpUrl().optional(),
  AFTERWORD_OIDC_ISSUER: httpUrl().optional(),
  AFTERWORD_OIDC_CLIENT_ID: text().optional(),
  AFTERWORD_OIDC_CLIENT_SECRET: secret().optional(),
  AFTERWORD_FIREBASE_PROJECT: z
    .string()
    .regex(/^[a-z][a-z\d-]{4,28}[a-z\d]$/, 'it must be the id of a Firebase project, as based-hardware')
    .optional(),
  /** Where the keys of Firebase tokens are. */
  AFTERWORD_FIREBASE_KEYS_URL: httpUrl().prefault(
    'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
  ),
  AFTERWORD_DATA_DIR: text().default('.afterword'),
  /** A PostgreSQL of yours instead of the embedded one. */
  DATABASE_URL: z
    .string()
    .refine(
      (given) => /^postgres(ql)?:$/.test(URL.parse(given)?.protocol ?? ''),
      'it must be an address like postgres://user:password@host:5432/database',
    )
    .optional(),
  /** PostgreSQL itself, where DATABASE_URL leads through a pooler in transaction mode. */
  AFTERWORD_DATABASE_DIRECT_URL: z
    .string()
    .refine(
      (given) => /^postgres(ql)?:$/.test(URL.parse(given)?.protocol ?? ''),
      'it must be an address like postgres://user:password@host:5432/database',
    )
    .optional(),
  AFTERWORD_LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).prefault('info'),
  /** Where the log goes; standard output without it, as JSON lines. */
  AFTERWORD_LOG_FILE: text().optional(),
  /** Of one file of the log; the four before it are kept. */
  AFTERWORD_LOG_FILE_BYTES: size({ min: 10_000, max: Number.MAX_SAFE_INTEGER }).prefault('20MB'),
  /** Local recognizers, one thread each; a second thread inside one doubles the CPU for nothing. */
  AFTERWORD_RECOGNIZERS: integer({ min: 1, max: 64 }).prefault(String(Math.min(64, availableParallelism()))),
  AFTERWORD_MODEL: oneOf(['base', 'tiny']).prefault('base'),
  /** Where the audio is kept: a folder, or `s3://bucket/prefix?endpoint=…&region=…`. `<data folder>/blobs` without it. */
  AFTERWORD_BLOBS: z
    .string()
    .superRefine((given, context) => {
      // What looks like an address is one: it would become a folder of that name.
      if (!/^\w+:\/\//.test(given)) return;
      try {
        parseBlobLocation(given);
      } catch (error) {
        refuse(context, (error as Error).message);
      }
    })
    .optional(),
  /**
   * `local`: Moonshine on this machine. The others are servers, with a URL and mostly a key. Several, as in
   * `deepgram,openai,local`: the first that is well is asked.
   */
  AFTERWORD_TRANSCRIBER: listOf(['local', 'openai', 'deepgram', 'assemblyai']).prefault('local'),
  /** Of the first server in the list, or of each by its own name. */
  AFTERWORD_TRANSCRIBER_URL: httpUrl().optional(),
  AFTERWORD_TRANSCRIBER_KEY: secret().optional(),
  AFTERWORD_TRANSCRIBER_MODEL: text().optional(),
  AFTERWORD_DEEPGRAM_URL: httpUrl().optional(),
  AFTERWORD_DEEPGRAM_KEY: secret().optional(),
  AFTERWORD_DEEPGRAM_MODEL: text().optional(),
  AFTERWORD_ASSEMBLYAI_URL: httpUrl().optional(),
  AFTERWORD_ASSEMBLYAI_KEY: secret().optional(),
  AFTERWORD_ASSEMBLYAI_MODEL: text().optional(),
  AFTERWORD_OPENAI_URL: httpUrl().optional(),
  AFTERWORD_OPENAI_KEY: secret().optional(),
  AFTERWORD_OPENAI_MODEL: text().optional(),
  /** BCP 47. Without it servers find out by themselves, piece by piece. */
  AFTERWORD_LANGUAGE: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z\d]+)*$/, 'it must be a language tag (BCP 47), as sv or pt-BR')
    .optional(),
  /** Names and terms to listen for, with commas between them. */
  AFTERWORD_KEYTERMS: z
    .string()
    .prefault('')
    .transform((list, context) => {
      const terms = list.split(',').flatMap((term) => term.trim() || []);
      if (terms.length > 100) return refuse(context, 'it must have at most 100 terms');
      if (terms.some((term) => term.length > 100))
        return refuse(context, 'each term must have at most 100 characters, with commas between the terms');
      return terms;
    }),
  /** For one call to a remote transcriber, from when its turn has come. */
  AFTERWORD_TRANSCRIBER_DEADLINE_MS: duration({ min: 100, max: 10 * MINUTE_MS }).prefault('120000'),
  /** Calls that one worker has under way at once with a remote transcriber. */
  AFTERWORD_TRANSCRIBER_CALLS: calls(),
  /** Whether people may have the sample day taken in as recordings of theirs, to see what becomes of it. */
  AFTERWORD_SAMPLES: yesOrNo().prefault('true'),
  /** The ffmpeg that decodes M4A, AAC, AMR and others: its path, or `off`. The one on PATH without it. */
  AFTERWORD_FFMPEG: text().optional(),
  /** `local`: Silero on this machine, which also stands in when a `hosted` detector has no answer. */
  AFTERWORD_VAD: oneOf(['local', 'hosted']).prefault('local'),
  /** The whole address of the hosted detector. */
  AFTERWORD_VAD_URL: httpUrl().optional(),
  AFTERWORD_VAD_KEY: secret().optional(),
  /** For one window of 30 s, the wait for its turn included; then it is heard here. */
  AFTERWORD_VAD_DEADLINE_MS: duration({ min: 100, max: MINUTE_MS }).prefault('3000'),
  /** Calls that one worker has under way at once with the hosted detector. */
  AFTERWORD_VAD_CALLS: calls(),
  /** `provider:model` with openai, anthropic, google or openai-compatible. Without it the words are only extracted. */
  AFTERWORD_LANGUAGE_MODEL: z
    .string()
    .regex(
      /^(openai|anthropic|google|openai-compatible):./,
      'it must be provider:model, with openai, anthropic, google or openai-compatible as the provider (openai:gpt-5-mini)',
    )
    .optional(),
  AFTERWORD_LANGUAGE_MODEL_URL: httpUrl().optional(),
  AFTERWORD_LANGUAGE_MODEL_KEY: secret().optional(),
  /** Tokens that the model reads at once. Longer conversations are read in parts; the prompts alone take 2,800. */
  AFTERWORD_LANGUAGE_MODEL_CONTEXT: integer({ min: 4096, max: 2_000_000 }).optional(),
  /** Calls that one worker has under way at once with the language model. */
  AFTERWORD_LANGUAGE_MODEL_CALLS: calls(),
  /**
   * Upper limit of parallel calls to one provider, over all workers; below it Afterword finds the right number from
   * response times and 429s. 64 are eight workers' calls. 0 or `off`: each worker limits only its own calls.
   */
  AFTERWORD_TRANSCRIBER_LIMIT: LimitSetting,
  /** The same of a language model, by its refusals and time-outs. */
  AFTERWORD_LANGUAGE_MODEL_LIMIT: LimitSetting,
  /** Calls begun per second with each server, by all workers together. */
  AFTERWORD_TRANSCRIBER_PER_SECOND: decimal({ min: 0.001, max: 10_000 }).optional(),
  /** US dollars by `provider:model`, as JSON or the path of a JSON file. What has no price is counted without one. */
  AFTERWORD_PRICES: PricesSetting,
  /** How long each route may take to answer, from the last byte of the body: `{"GET /api/v1/me": 5000, "default": 30000}`. */
  AFTERWORD_TIMEOUTS: TimeoutsSetting,
  /** How long `POST /v1/sync-local-files` waits. Under the 60 s at which many gateways give up. */
  AFTERWORD_SYNC_WAIT_MS: duration({ min: 0, max: 110 * SECOND_MS }).prefault('55000'),
  /**
   * An attempt at a recording may take this long plus twice the recording's length, including waits. What was
   * transcribed by then is kept. A provider that is ten times as slow for a while stays within it.
   */
  AFTERWORD_TRY_MS: duration({ min: SECOND_MS, max: LONGEST_MS }).prefault('900000'),
  /** A conversation is understood once nothing new has been sent for this long. */
  AFTERWORD_QUIET_MS: duration({ min: 0, max: HOUR_MS }).prefault('1000'),
  /** Folders and buckets of which new files are taken: one of them, or JSON with whose recordings lie where. */
  AFTERWORD_WATCH: WatchSetting,
  AFTERWORD_MAX_FILE_BYTES: size({ min: 1, max: Number.MAX_SAFE_INTEGER }).prefault('200MB'),
  /** Requests of one person, each process for itself; a sixth of them may come at once. 100 a second are no person. */
  AFTERWORD_PERSON_REQUESTS_PER_MINUTE: orOff(integer({ min: 1, max: 10_000_000 })).prefault('6000'),
  /** Of one person's uploads that are being received at once, each process for itself: 20 files of the largest size. */
  AFTERWORD_PERSON_BYTES_UNDER_WAY: orOff(size({ min: 1, max: Number.MAX_SAFE_INTEGER })).prefault('4GB'),
  /** Audio kept for one person: eleven years of Omi's Opus without a pause, or one of 16 kHz PCM. */
  AFTERWORD_PERSON_STORED_BYTES: orOff(size({ min: 1, max: Number.MAX_SAFE_INTEGER })).prefault('1TB'),
  /** Audio of one person that waits to be transcribed: 40 full devices of 24 hours. */
  AFTERWORD_PERSON_QUEUED_HOURS: orOff(decimal({ min: 0.001, max: 1_000_000 })).prefault('1000'),
  /** Calls to the language model for one person in a day of UTC: three for each of 1,600 conversations. */
  AFTERWORD_PERSON_LANGUAGE_CALLS_PER_DAY: orOff(integer({ min: 1, max: 100_000_000 })).prefault('5000'),
  /** How long SIGTERM waits for running work before it is handed over to the next start. */
  AFTERWORD_DRAIN_MS: duration({ min: 0, max: LONGEST_MS }).prefault('10000'),
  /** How long the engine remembers work that is finished. Its rows hold ids and codes. */
  AFTERWORD_FINISHED_WORK_DAYS: decimal({ min: 0, max: 3650 }).prefault('7'),
  /** Shown by the commands that ask a server as a person; --key overrules it. */
  AFTERWORD_KEY: secret().optional(),
  /** Whoever shows it may read `GET /metrics`. Without it everybody on loopback may, and nobody elsewhere. */
  AFTERWORD_METRICS_TOKEN: longSecret().optional(),
  /** Whether `sync_timing` lines of the log name people as they are; hashed otherwise. */
  AFTERWORD_LOG_USER_IDS: yesOrNo().prefault('false'),
  /** How long events are kept. A reader that was away for longer gets a snapshot instead of what it missed. */
  AFTERWORD_EVENTS_DAYS: decimal({ min: 0.01, max: 3650 }).prefault('30'),
  /** Networks that are not public and to which webhooks may be sent all the same, as `10.0.0.0/8,fd00::/8`. */
  AFTERWORD_WEBHOOK_NETWORKS: networkList(),
  /** The key of a service account that may send through Firebase Cloud Messaging: JSON, or the path of the JSON file. */
  AFTERWORD_FCM_KEY: FcmKeySetting.optional(),
  AFTERWORD_FCM_URL: httpUrl().prefault('https://fcm.googleapis.com'),
  /** Where access tokens come from; the address that the key names without it. */
  AFTERWORD_FCM_TOKEN_URL: httpUrl().optional(),
  /** For Web Push: `afterword push-keys` prints a pair. */
  AFTERWORD_VAPID_PUBLIC_KEY: VapidPublicKey.optional(),
  AFTERWORD_VAPID_PRIVATE_KEY: VapidPrivateKey.optional(),
  /** Whom push services ask if something is wrong with what they get. */
  AFTERWORD_VAPID_SUBJECT: VapidSubject.optional(),
  /** Networks that are not public, with commas between, in which browsers may have their push service. */
  AFTERWORD_PUSH_NETWORKS: networkList(),
  AFTERWORD_TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(isTimeZone, 'it must be an IANA time zone, as Europe/Stockholm'),
};

export type Environment = z.infer<z.ZodObject<typeof SETTINGS>>;
