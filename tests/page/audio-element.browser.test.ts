/** A browser's own player opens the address of a conversation, goes to any place, and plays what was said there. */
import { expect, it } from 'vitest';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { EVERY_MS, fileOf, KINDS, toneOf, tonesOf } from '../playback/time-code.ts';
import type { TestApi } from '../support/api.ts';
import { type HeardRecording, startPlacer } from '../support/timeline.ts';
import { useBrowser } from './browser.ts';
import { startApiWithPage } from './page-server.ts';

const BASE = 1_774_000_000_000;
/** Each begins 10 s after the one before. */
const FOR_MS = 8_000;
/** So different that none is taken for another one's repetition. */
const SENTENCES = [
  'apples lie under every tree this autumn',
  'bring seven chairs from the cellar please',
  'come early because doors close at noon',
  'does anybody remember where grandfather sailed',
  'evening trains leave twice each hour',
];
const COUNT = SENTENCES.length;
const browser = useBrowser();

async function conversation(api: TestApi): Promise<string> {
  const blobs = new FolderBlobStore(api.blobFolder);
  const placer = await startPlacer(api.databaseUrl);
  for (let index = 0; index < COUNT; index += 1) {
    const startedAtMs = BASE + index * 10_000;
    const recording: HeardRecording = {
      id: `rec_${index}`,
      userId: 'local',
      startedAtMs,
      microphone: 'omi',
      durationMs: FOR_MS,
      words: [{ atS: 1, forS: 6, text: SENTENCES[index] ?? '' }],
    };
    await placer.place(recording);
    const bytes = await fileOf(KINDS[index] ?? 'wav', startedAtMs, FOR_MS);
    const { key } = await blobs.put(
      (async function* () {
        yield bytes;
      })(),
    );
    await api.db
      .insertInto('blobs')
      .values({ sha256: recording.id, object_key: key, stored_at_ms: 0 })
      .execute();
  }
  await placer.stop();
  const { id } = await api.db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  return id;
}

interface Heard {
  /** At 16 kHz, from the moment at which it was let play. */
  samples: number[];
  duration: number;
  end: number;
}

it.each(['wav', 'ogg'] as const)('an audio element plays %s from any place', async (format) => {
  const api = await startApiWithPage();
  const id = await conversation(api);
  const address = await fetch(`${api.url}/api/v1/conversations/${id}/audio/address?format=${format}`, {
    method: 'POST',
  });
  const { url } = (await address.json()) as { url: string };
  const page = await browser.window();
  await page.goto(api.url);

  // The browser's decoder gives each sound at the time that the map says, within 50 ms.
  const all = await page.evaluate(async (src) => {
    const bytes = await (await fetch(src)).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, 16_000).decodeAudioData(bytes);
    return [...sound.getChannelData(0)].map((sample) => Math.round(sample * 32_768));
  }, url);
  const tones = tonesOf(Float32Array.from(all, (sample) => sample / 32_768));
  expect(tones).toHaveLength(COUNT * (FOR_MS / EVERY_MS));
  for (const [index, { atMs, pitch }] of tones.entries()) {
    const ofRecording = FOR_MS / EVERY_MS;
    const truthMs = Math.floor(index / ofRecording) * 10_000 + (index % ofRecording) * EVERY_MS;
    expect(Math.abs(atMs - truthMs)).toBeLessThan(50);
    expect(pitch).toBe(toneOf(BASE + truthMs));
  }

  // Between two tones, in each recording, not in order.
  for (const placeMs of [34_300, 2_300, 45_800, 11_800, 23_300]) {
    const heard = await page.evaluate(
      async ([src, seconds]): Promise<Heard> => {
        const audio = new Audio(src);
        const event = (name: string) =>
          new Promise<void>((resolve, reject) => {
            audio.addEventListener(name, () => resolve(), { once: true });
            audio.addEventListener('error', () => reject(new Error(audio.error?.message)), { once: true });
          });
        const known = event('loadedmetadata');
        audio.load();
        await known;
        const sought = event('seeked');
        audio.currentTime = seconds;
        await sought;
        const context = new AudioContext({ sampleRate: 16_000 });
        const listening = context.createScriptProcessor(1024, 1, 1);
        const samples: number[] = [];
        listening.onaudioprocess = ({ inputBuffer }) => samples.push(...inputBuffer.getChannelData(0));
        context.createMediaElementSource(audio).connect(listening).connect(context.destination);
        const playing = event('playing');
        await audio.play();
        await playing;
        const after = () =>
          new Promise<void>((resolve) =>
            audio.addEventListener('timeupdate', () => resolve(), { once: true }),
          );
        while (audio.currentTime < seconds + 1) await after();
        audio.pause();
        await context.close();
        return { samples, duration: audio.duration, end: audio.currentTime };
      },
      [url, placeMs / 1_000] as const,
    );
    expect(heard.duration).toBeCloseTo(COUNT * 10 - 2, 1);
    expect(heard.end).toBeGreaterThanOrEqual(placeMs / 1_000 + 1);
    const [first] = tonesOf(Float32Array.from(heard.samples));
    expect(first?.pitch, `${placeMs}`).toBe(toneOf(BASE + Math.ceil(placeMs / EVERY_MS) * EVERY_MS));
  }
});
