import { lazily } from '../../providers/lazily.ts';
import type {
  AudioPiece,
  Capabilities,
  TranscribeOptions,
  Transcriber,
  Transcription,
} from '../transcriber.ts';

interface LazyOptions {
  provider: string;
  model: string;
  capabilities: Capabilities;
  concurrency: number;
  load: () => Promise<Transcriber>;
}

/** Loaded when it is first needed: as the last resort of others the local model would hold 400 MB a core for nothing. */
export function lazy({ load, ...known }: LazyOptions): Transcriber {
  const loaded = lazily(load);
  return {
    ...known,
    async transcribe(piece: AudioPiece, options: TranscribeOptions): Promise<Transcription> {
      options.signal.throwIfAborted();
      return await (await loaded.get()).transcribe(piece, options);
    },
    close: loaded.close,
  };
}
