import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { SAMPLE_RATE } from '../../../audio/hint.ts';
import { unlessAborted, within } from '../../../providers/deadline.ts';
import { ProviderError } from '../../../providers/provider-error.ts';
import { Semaphore } from '../../../providers/semaphore.ts';
import { threadFile } from '../../../thread-file.ts';
import { LOCAL_LANGUAGES } from '../../local-languages.ts';
import { faultOf, type MoonshineSize, moonshineFiles, sileroFile, tokensFile } from '../../models/files.ts';
import { preparedModels, preparedSilero } from '../../models/prepared.ts';
import { counted } from '../../native-threads.ts';
import { MAX_PIECE_SECONDS } from '../../splitting/cut.ts';
import type {
  AudioPiece,
  Capabilities,
  TranscribeOptions,
  Transcriber,
  Transcript,
  Transcription,
} from '../../transcriber.ts';
import { PART_SECONDS } from '../in-parts.ts';
import { storable } from '../storable.ts';
import type { MoonshineModels, MoonshineTask } from './moonshine-thread.ts';

export interface MoonshineOptions {
  /** Where the generated tokens file is kept; may be shared by processes. */
  cacheDir: string;
  /** Where the models that run faster are kept, 77 MB, if it can be written. Default: in `cacheDir`. */
  modelDir?: string;
  model?: MoonshineSize;
  /** Recognizers, each a thread with some 400 MB. Default: one per core. */
  threads?: number;
  /** From the start of a piece's transcription. 15 s take 1 s on one core, 5 s when cut down to the last part. */
  deadlineMs?: number;
  /** The file that the threads run; tests put in one that crashes or hangs. */
  entry?: string;
}

const DEADLINE_MS = 120_000;
export const MOONSHINE_CAPABILITIES: Capabilities = {
  words: false,
  speakers: false,
  longestPieceSeconds: PART_SECONDS,
  languages: LOCAL_LANGUAGES,
};

/** Checks the files and loads the model; rejects with a ProviderError when that cannot be done. */
export async function createMoonshine(options: MoonshineOptions): Promise<Transcriber> {
  const moonshine = new Moonshine(await checkedFiles(options), options);
  try {
    await moonshine.load();
    return moonshine;
  } catch (error) {
    await moonshine.close();
    throw new ProviderError('configuration', `Moonshine cannot be loaded: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Moonshine on this machine: English only, no key, no network. Keeps every core busy when given enough pieces.
 *
 * Danger: a thread must not be terminated while it is inside sherpa, whose addon then throws where nobody can catch and
 * aborts the process (seen within 40 tries, while loading and while listening); and a run that hangs in native code cannot be ended that way at all. So
 * aborts, deadlines and closing set a flag that the thread looks at between two runs of the recognizer.
 */
class Moonshine implements Transcriber {
  readonly provider = 'local';
  readonly model: string;
  readonly capabilities = MOONSHINE_CAPABILITIES;
  readonly concurrency: number;
  readonly #pool: Piscina<MoonshineTask | null, Transcript | null>;
  readonly #permits: Semaphore;
  readonly #running = new Map<MoonshineTask, Promise<unknown>>();
  readonly #deadlineMs: number;
  #loading: Promise<unknown> | undefined;
  #closed: Promise<void> | undefined;

  /** Of files that `createMoonshine` has checked. */
  constructor(files: MoonshineModels, options: MoonshineOptions) {
    const threads = options.threads ?? availableParallelism();
    this.model = `moonshine-${options.model ?? 'base'}`;
    this.concurrency = threads;
    this.#deadlineMs = options.deadlineMs ?? DEADLINE_MS;
    this.#permits = new Semaphore(threads);
    this.#pool = new Piscina({
      filename: options.entry ?? threadFile('moonshine-thread', import.meta.url),
      minThreads: threads,
      maxThreads: threads,
      workerData: files,
    });
    // Without a listener, a thread that dies between two pieces would end the process. The pool replaces it.
    this.#pool.on('error', () => {});
  }

  async transcribe(
    piece: AudioPiece,
    { signal, dueAtMs, isUnknownSoFar = false }: TranscribeOptions,
  ): Promise<Transcription> {
    requireValid(piece);
    const release = await this.#permits.take(signal, dueAtMs);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const run = this.#run({ samples: piece.samples.slice(), isUnknownSoFar, stop }).finally(release);
    const late = () => new ProviderError('timeout', `no transcription within ${this.#deadlineMs} ms`);
    // Whoever asked is let go at once; the permit is given back when the thread is free again.
    const given = within([signal], { ms: this.#deadlineMs, late }, (until) => unlessAborted(run, until));
    return await given.finally(() => Atomics.store(stop, 0, 1));
  }

  /** Loads a recognizer in every thread, which takes about a second. */
  async load(): Promise<void> {
    const loads = Array.from({ length: this.concurrency }, () => counted(this.#pool.run(null)));
    this.#loading = Promise.allSettled(loads);
    await Promise.all(loads);
  }

  /** Stops what is under way, which is rejected, waits for the threads to come to rest, and ends them. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    for (const { stop } of this.#running.keys()) Atomics.store(stop, 0, 1);
    await Promise.allSettled([this.#loading, ...this.#running.values()]);
    await this.#pool.destroy();
  }

  async #run(task: MoonshineTask): Promise<Transcription> {
    // A destroyed pool would start anew with the next piece.
    if (this.#closed) throw new ProviderError('upstream', 'Moonshine was closed');
    // Read before the samples go to the thread, and are gone here.
    const durationMs = (task.samples.length * 1000) / SAMPLE_RATE;
    const run = counted(this.#pool.run(task, { transferList: [task.samples.buffer as ArrayBuffer] }));
    this.#running.set(task, run);
    try {
      const heard = await run;
      if (heard) {
        const { segments, guards } = storable(heard, durationMs);
        const { provider, model } = this;
        return { ...heard, segments, guards: [...heard.guards, ...guards], provider, model };
      }
    } catch (error) {
      // Its message may quote what was heard.
      const name = error instanceof Error ? error.name : typeof error;
      throw new ProviderError('upstream', `Moonshine failed (${name})`, { cause: error });
    } finally {
      this.#running.delete(task);
    }
    throw new ProviderError('upstream', 'the transcription was stopped');
  }
}

async function checkedFiles({ cacheDir, modelDir, model }: MoonshineOptions): Promise<MoonshineModels> {
  const { encoder, decoder } = moonshineFiles(model ?? 'base');
  const fault = (await faultOf(encoder)) ?? (await faultOf(decoder)) ?? (await faultOf(sileroFile()));
  if (fault) throw new ProviderError('configuration', fault);
  const tokens = await tokensFile(cacheDir).catch(asConfigurationError('the tokens file cannot be written'));
  const folders = modelDir === undefined ? [cacheDir] : [modelDir, cacheDir];
  const unreadable = asConfigurationError('the models cannot be read');
  const models = await preparedModels(model ?? 'base', { folders }).catch(unreadable);
  return { ...models, tokens, vad: await preparedSilero(folders).catch(unreadable) };
}

function asConfigurationError(what: string): (error: unknown) => never {
  return (error) => {
    throw new ProviderError('configuration', `${what}: ${messageOf(error)}`, { cause: error });
  };
}

function requireValid({ samples, sampleRateHz }: AudioPiece): void {
  if (sampleRateHz !== 16_000) {
    throw new ProviderError('invalid_input', `16 kHz is needed, not ${sampleRateHz} Hz`);
  }
  if (samples.length > MAX_PIECE_SECONDS * sampleRateHz) {
    throw new ProviderError('invalid_input', `a piece may be ${MAX_PIECE_SECONDS} s long at most`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
