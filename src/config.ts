import { resolve } from 'node:path';
import type { z } from 'zod';
import type { Bounds } from './bounds/bounds.ts';
import { findFfmpeg } from './decoders/find-ffmpeg.ts';
import {
  combinationMistakes,
  type Mistake,
  mistakeOf,
  tellMistakes,
  unknownSettings,
} from './setting-mistakes.ts';
import { type Environment, SETTINGS } from './settings.ts';
import { isLoopback, usualModes } from './sign-in/modes.ts';
import type { SignInSettings } from './sign-in/sign-in.ts';
import { LOCAL_LANGUAGES } from './speech/local-languages.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const DEFAULT_PORT = 4747;

export type Config = ReturnType<typeof readConfig>;

/** @throws Error with a sentence for each variable that cannot be used: which, what it holds, and what is wanted. */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const env = readEnvironment(environment);
  const signIn = signInOf(env);
  return {
    port: env.AFTERWORD_PORT ?? DEFAULT_PORT,
    workerPort: env.AFTERWORD_WORKER_PORT,
    portWasChosen: env.AFTERWORD_PORT !== undefined,
    host: env.AFTERWORD_HOST,
    hosts: env.AFTERWORD_HOSTS,
    singleUser: signIn.singleUser,
    signIn,
    secret: env.AFTERWORD_SECRET,
    secretKeys: env.AFTERWORD_SECRET_KEY ?? [],
    audioKeys: env.AFTERWORD_AUDIO_KEY ?? [],
    publicUrl: env.AFTERWORD_PUBLIC_URL,
    dataDir: resolve(env.AFTERWORD_DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    databaseDirectUrl: env.AFTERWORD_DATABASE_DIRECT_URL,
    logLevel: env.AFTERWORD_LOG_LEVEL,
    logFile: env.AFTERWORD_LOG_FILE,
    logFileBytes: env.AFTERWORD_LOG_FILE_BYTES,
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
    },
    /** null: a transcriber finds out by itself what is spoken. */
    knownLanguages: env.AFTERWORD_TRANSCRIBER.every((kind) => kind === 'local') ? [...LOCAL_LANGUAGES] : null,
    samples: env.AFTERWORD_SAMPLES,
    ffmpeg: findFfmpeg(env.AFTERWORD_FFMPEG, environment.PATH),
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
    timeouts: env.AFTERWORD_TIMEOUTS,
    quietMs: env.AFTERWORD_QUIET_MS,
    tryMs: env.AFTERWORD_TRY_MS,
    watch: env.AFTERWORD_WATCH,
    maxFileBytes: env.AFTERWORD_MAX_FILE_BYTES,
    drainMs: env.AFTERWORD_DRAIN_MS,
    bounds: {
      requestsPerMinute: env.AFTERWORD_PERSON_REQUESTS_PER_MINUTE,
      bytesUnderWay: env.AFTERWORD_PERSON_BYTES_UNDER_WAY,
      storedBytes: env.AFTERWORD_PERSON_STORED_BYTES,
      queuedMs: hours(env.AFTERWORD_PERSON_QUEUED_HOURS),
      languageCallsPerDay: env.AFTERWORD_PERSON_LANGUAGE_CALLS_PER_DAY,
    } satisfies Bounds,
    keepFinishedWorkMs: Math.round(env.AFTERWORD_FINISHED_WORK_DAYS * DAY_MS),
    metricsToken: env.AFTERWORD_METRICS_TOKEN,
    logUserIds: env.AFTERWORD_LOG_USER_IDS,
    keepEventsMs: Math.round(env.AFTERWORD_EVENTS_DAYS * DAY_MS),
    webhookNetworks: env.AFTERWORD_WEBHOOK_NETWORKS,
    push: pushOf(env),
    timeZone: env.AFTERWORD_TIME_ZONE,
    preferenceDefaults: {
      timeZone: env.AFTERWORD_TIME_ZONE,
      languages: env.AFTERWORD_LANGUAGE === undefined ? [] : [env.AFTERWORD_LANGUAGE],
      vocabulary: env.AFTERWORD_KEYTERMS,
    },
  };
}

/** All mistakes at once: one that is only met after the next start costs another start each. */
function readEnvironment(environment: NodeJS.ProcessEnv): Environment {
  // An empty variable is an unset one: that is what `VAR= command` and most compose files mean.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read: Record<string, unknown> = {};
  const mistakes: Mistake[] = unknownSettings(Object.keys(given), Object.keys(SETTINGS));
  for (const [name, setting] of Object.entries<z.ZodType>(SETTINGS)) {
    const result = setting.safeParse(given[name]);
    if (result.success) read[name] = result.data;
    else mistakes.push(mistakeOf(name, given[name], result.error.issues));
  }
  const wrong = new Set(mistakes.map(({ variable }) => variable));
  mistakes.push(...combinationMistakes(read as Partial<Environment>, wrong));
  if (mistakes.length > 0) throw new Error(tellMistakes(mistakes));
  return read as Environment;
}

function signInOf(env: Environment): SignInSettings {
  const modes = env.AFTERWORD_SIGN_IN ?? usualModes(isLoopback(env.AFTERWORD_HOST));
  const { AFTERWORD_OIDC_ISSUER: issuer, AFTERWORD_OIDC_CLIENT_ID: clientId } = env;
  const project = env.AFTERWORD_FIREBASE_PROJECT;
  return {
    modes,
    singleUser: env.AFTERWORD_SINGLE_USER ?? modes.includes('dev'),
    people: env.AFTERWORD_SIGN_IN_PEOPLE,
    oidc: issuer && clientId ? { issuer, clientId, clientSecret: env.AFTERWORD_OIDC_CLIENT_SECRET } : null,
    firebase: project ? { project, keysUrl: env.AFTERWORD_FIREBASE_KEYS_URL } : null,
  };
}

function pushOf(env: Environment) {
  const key = env.AFTERWORD_FCM_KEY;
  const fcm = key && {
    key: {
      projectId: key.project_id,
      clientEmail: key.client_email,
      privateKey: key.private_key,
      tokenUrl: env.AFTERWORD_FCM_TOKEN_URL ?? key.token_uri,
    },
    url: env.AFTERWORD_FCM_URL,
  };
  const { AFTERWORD_VAPID_PUBLIC_KEY: publicKey, AFTERWORD_VAPID_PRIVATE_KEY: privateKey } = env;
  const subject = env.AFTERWORD_VAPID_SUBJECT ?? env.AFTERWORD_PUBLIC_URL;
  const vapid = publicKey && privateKey && subject ? { publicKey, privateKey, subject } : null;
  return { fcm: fcm ?? null, vapid, networks: env.AFTERWORD_PUSH_NETWORKS };
}

const SERVERS = { openai: 'OPENAI', deepgram: 'DEEPGRAM', assemblyai: 'ASSEMBLYAI' } as const;

export type ServerKind = keyof typeof SERVERS;

function serversOf(env: Environment) {
  const first = env.AFTERWORD_TRANSCRIBER.find((kind) => kind !== 'local');
  const server = (kind: ServerKind) => {
    const setting = (what: 'URL' | 'KEY' | 'MODEL') =>
      env[`AFTERWORD_${SERVERS[kind]}_${what}`] ??
      (kind === first ? env[`AFTERWORD_TRANSCRIBER_${what}`] : undefined);
    return { url: setting('URL'), key: setting('KEY'), model: setting('MODEL') };
  };
  return { openai: server('openai'), deepgram: server('deepgram'), assemblyai: server('assemblyai') };
}

function hours(given: number | null): number | null {
  return given === null ? null : Math.round(given * HOUR_MS);
}
