/**
 * Days of nothing in a few megabytes: files of one-byte packets, each the length of half a day, and files of a little
 * noise, which have to be listened to. Somebody else's recording must not wait for them, whatever they take.
 */
import { createHash } from 'node:crypto';
import { Application, createEncoder } from 'libopus-wasm';
import { median, seconds } from '../pace.ts';
import type { Recording } from '../recordings.ts';
import { type Findings, type Scenario, sizeOf } from '../scenario.ts';
import { freshOnes, timeToReady } from '../somebody-waits.ts';
import { openWorld, type World } from '../world.ts';

const AT_MOST = 3;
const HOUR_MS = 3_600_000;
const FILES = 8;
const PACKET_MS = 60;
const SAMPLES = 16 * PACKET_MS;
/** An Opus header that says 60 ms, and nothing behind it. */
const NOTHING = Uint8Array.of(0x18);

export const silence: Scenario = {
  name: 'silence',
  promises: `beside ${FILES} files of half a day of silence somebody else's recording takes at most ${AT_MOST} times as long, and their sender pays for all of it`,
  async run(ground) {
    const world = await openWorld(ground, {
      apis: 1,
      workers: 1,
      behaviour: { latency: { kind: 'fixed', ms: 150 } },
      settings: { AFTERWORD_TRANSCRIBER_CALLS: '2', AFTERWORD_RECOGNIZERS: '2' },
    });
    try {
      const findings: Findings = { table: [], broken: [], notes: [] };
      const each = sizeOf(ground, { full: 5, short: 3 });
      const fresh = await freshOnes(world, 1 + 3 * each, 11);
      // The first one loads the models.
      await timeToReady(world, fresh.splice(0, 1));
      const idle = median(await timeToReady(world, fresh.splice(0, each)));
      ground.say(`on the idle server it takes ${seconds(idle)}`);
      const empty = new Array<Uint8Array>(1000).fill(NOTHING);
      await beside(world, findings, {
        what: 'one-byte packets',
        hours: sizeOf(ground, { full: 12, short: 3 }),
        packets: empty,
        idle,
        fresh: fresh.splice(0, each),
      });
      await beside(world, findings, {
        what: 'a little noise',
        hours: sizeOf(ground, { full: 3, short: 0.5 }),
        packets: await noisyPackets(world.random),
        idle,
        fresh: fresh.splice(0, each),
      });
      await world.judge(findings);
      return findings;
    } finally {
      await world.close();
    }
  },
};

interface Beside {
  what: string;
  hours: number;
  packets: readonly Uint8Array[];
  idle: number;
  fresh: readonly Recording[];
}

async function beside(world: World, findings: Findings, { what, hours, packets, idle, fresh }: Beside) {
  const { ground } = world;
  const sleeper = `sleeper-${what.replaceAll(' ', '-')}`;
  const files = Array.from({ length: FILES }, (_, nth) => longFile(sleeper, hours, nth, packets));
  const since = performance.now();
  await world.phone.send(files);
  const busy = await timeToReady(world, fresh);
  ground.say(`beside ${FILES} x ${hours} h of ${what}: ${busy.map(seconds).join(', ')}`);
  const left = await world.ask('SELECT 1 FROM recordings WHERE finished_at_ms IS NULL');
  const drainedMs = await world.drain(1_800_000);
  const ratio = median(busy) / idle;
  if (ratio > AT_MOST) findings.broken.push(`beside ${what} it took ${ratio.toFixed(1)} times as long`);
  const [heard] = await world.ask<{ ended: number; hours: number; paid: number }>(
    `SELECT count(*) FILTER (WHERE outcome = 'silent') AS ended, sum(duration_ms) / 3600000.0 AS hours,
            (SELECT served_ms - $2 FROM turns WHERE user_id = $1 AND lane = 'fresh') / 3600000.0 AS paid
       FROM recordings WHERE user_id = $1`,
    [sleeper, Math.round(Date.now() - (performance.now() - since))],
  );
  const paid = Number(heard?.paid);
  if (Number(heard?.ended) !== FILES) findings.broken.push(`${heard?.ended} of ${FILES} files ended silent`);
  if (Math.abs(paid - FILES * hours) > 0.05 * FILES * hours)
    findings.broken.push(`${FILES * hours} h of ${what} were paid for as ${paid.toFixed(1)} h`);
  findings.table.push({
    beside: `${FILES} x ${hours} h of ${what}`,
    megabytes: Math.round(files.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6),
    'alone, median': seconds(idle),
    'beside, median': seconds(median(busy)),
    longest: seconds(Math.max(...busy)),
    ratio: ratio.toFixed(1),
    'files left then': left.length,
    'hours paid': paid.toFixed(1),
    drained: drainedMs === null ? 'no' : seconds(performance.now() - since),
  });
}

function longFile(userId: string, hours: number, nth: number, packets: readonly Uint8Array[]): Recording {
  const startedAtMs = Math.floor((Date.now() - HOUR_MS) / 1000) * 1000 + nth * 60_000;
  // Each is a little longer than the one before it: the same bytes would be the same recording.
  const count = Math.round((hours * HOUR_MS) / PACKET_MS) + nth;
  const framed = packets.map((packet) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(packet.length);
    return Buffer.concat([length, packet]);
  });
  const round = Buffer.concat(framed);
  const whole = Math.floor(count / packets.length);
  const bytes = Buffer.concat([
    ...new Array<Buffer>(whole).fill(round),
    ...framed.slice(0, count - whole * packets.length),
  ]);
  return {
    userId,
    name: `audio_omi_opus_fs320_16000_1_fs320_${startedAtMs / 1000}.bin`,
    startedAtMs,
    kind: 'silent',
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** Six seconds of it, over and over. */
async function noisyPackets(random: () => number): Promise<Uint8Array[]> {
  const encoder = await createEncoder({
    sampleRate: 16_000,
    channels: 1,
    application: Application.Voip,
    bitrate: 8_000,
    frameSize: SAMPLES,
  });
  const packets = Array.from({ length: 100 }, () =>
    encoder.encode(Int16Array.from({ length: SAMPLES }, () => Math.floor(random() * 41) - 20)).slice(),
  );
  encoder.free();
  return packets;
}
