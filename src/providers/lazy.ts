import type {
  Capabilities,
  Recording,
  TranscribeOptions,
  Transcriber,
  Transcription,
} from '../speech/transcriber.ts';

interface LazyOptions {
  provider: string;
  model: string;
  capabilities: Capabilities;
  concurrency: number;
  load: () => Promise<Transcriber>;
}

/** Loaded when it is first needed: as the last resort of others the local model would hold 400 MB a core for nothing. */
export function lazy({ load, ...known }: LazyOptions): Transcriber {
  let loading: Promise<Transcriber> | undefined;
  return {
    ...known,
    async transcribe(piece: Recording, options: TranscribeOptions): Promise<Transcription> {
      options.signal.throwIfAborted();
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return await (await loading).transcribe(piece, options);
    },
    async close(): Promise<void> {
      const loaded = await loading?.catch(() => undefined);
      await loaded?.close();
    },
  };
}
