import { afterAll, describe, expect, test } from 'vitest';
import { Listening } from '../../src/speech/audio-thread/session.ts';
import { cut } from '../../src/speech/splitting/cut.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import { sileroFile } from '../../src/speech/transcribers/moonshine/models.ts';
import { amplified } from '../../src/speech/vad/amplified.ts';
import { listen } from '../../src/speech/vad/listen.ts';
import { SpeechFinder } from '../../src/speech/vad/speech-finder.ts';
import { pcm16Bytes } from '../audio/omi-writer.ts';
import { wavFile } from '../audio/wav-writer.ts';
import { all, chunks, clip, inChunks } from './clips.ts';

const RATE = 16_000;
const clips = await Promise.all(
  ['two-cities', 'digits', 'se10-2', 'two-cities', 'se10-3', 'se10-4'].map(clip),
);
const alone = new Listening({ threads: 1 });
const many = new Listening({ threads: 3 });
afterAll(async () => {
  await Promise.all([alone.close(), many.close()]);
});

/** The clips one after the other with growing pauses, so that borders between windows lie in words and in pauses. */
function talk(seconds: number, pauseSeconds: number): Float32Array {
  const audio = new Float32Array(seconds * RATE);
  for (let n = 0, at = 0; at < audio.length; n++) {
    const sound = clips[n % clips.length] ?? new Float32Array(RATE);
    audio.set(sound.subarray(0, audio.length - at), at);
    at += sound.length + Math.round(((n % 4) + 1) * pauseSeconds * RATE);
  }
  return audio;
}

const wav = (audio: Float32Array) =>
  wavFile(pcm16Bytes(audio), { tag: 1, bits: 16, channels: 1, rate: RATE });
const patient = () => ({ signal: new AbortController().signal });
const places = (pieces: readonly Piece[]) => pieces.map(({ startMs, endMs }) => [startMs, endMs]);

async function inOneGo(audio: Float32Array): Promise<Piece[]> {
  const finder = new SpeechFinder({ model: sileroFile().path, startSample: 0 });
  const found = [];
  for await (const chunk of amplified(inChunks(audio, RATE))) found.push(...finder.push(chunk));
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

describe('a long recording', () => {
  test.each([0.1, 0.6, 1.7])(
    'is cut as it is in one go, whoever hears its windows (pauses from %s s)',
    async (pause) => {
      const audio = talk(330, pause);
      const [one, three, here, whole] = [
        await all(alone.start(chunks([wav(audio)]), null, patient()).pieces),
        await all(many.start(chunks([wav(audio)]), null, patient()).pieces),
        await all(cut(listen(amplified(inChunks(audio, 7919))))),
        await inOneGo(audio),
      ];
      expect(three).toEqual(one);
      expect(places(here)).toEqual(places(one));
      expect(one.length).toBe(whole.length);
      for (const [index, { startMs, endMs }] of one.entries()) {
        expect(Math.abs(startMs - (whole[index]?.startMs ?? 0))).toBeLessThanOrEqual(64);
        expect(Math.abs(endMs - (whole[index]?.endMs ?? 0))).toBeLessThanOrEqual(64);
      }
    },
  );

  test('on all cores does not hold up a short one that comes later', async () => {
    const long = many.start(chunks([wav(talk(900, 0.6))]), null, patient());
    const ended: string[] = [];
    let short: Promise<unknown> | undefined;
    for await (const event of long.events) {
      if (event.type !== 'heard' || short) continue;
      short = all(many.start(chunks([wav(talk(20, 0.6))]), null, patient()).pieces).then(() =>
        ended.push('short'),
      );
    }
    ended.push('long');
    await short;
    expect(ended).toEqual(['short', 'long']);
  });

  test('that is given up leaves no window behind', async () => {
    const long = many.start(chunks([wav(talk(600, 0.6))]), null, patient());
    for await (const event of long.events) if (event.type === 'heard' && event.untilMs >= 240_000) break;
    const again = many.start(chunks([wav(talk(20, 0.6))]), null, patient());
    expect((await all(again.pieces)).length).toBeGreaterThan(0);
    await expect(long.summary).rejects.toMatchObject({ kind: 'given_up' });
  });
});
