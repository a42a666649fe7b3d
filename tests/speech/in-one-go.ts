import { SAMPLE_RATE } from '../../src/audio/hint.ts';
import { sileroFile } from '../../src/speech/models/files.ts';
import { cut } from '../../src/speech/splitting/cut.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import { amplified } from '../../src/speech/vad/amplified.ts';
import { SpeechFinder } from '../../src/speech/vad/speech-finder.ts';
import { all, inChunks } from './clips.ts';

/** The pieces of a recording that one detector has heard from its start to its end, which no worker does. */
export async function inOneGo(audio: Float32Array): Promise<Piece[]> {
  const finder = new SpeechFinder({ model: sileroFile().path, startSample: 0 });
  const found = [];
  for await (const chunk of amplified(inChunks(audio, SAMPLE_RATE))) found.push(...finder.push(chunk));
  found.push(...finder.end());
  finder.close();
  let heardUntil = 0;
  const speech = found.map(({ lead, ...span }) => {
    const kept = Math.min(lead.length, span.startSample - heardUntil);
    heardUntil = span.endSample;
    return { ...span, lead: lead.subarray(lead.length - kept) };
  });
  return await all(cut(speech));
}
