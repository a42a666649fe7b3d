import { setTimeout as delay } from 'node:timers/promises';
import { startS3Server } from '../../tests/support/s3-server.ts';
import { eventually, seconds } from '../pace.ts';
import { type Scenario, sizeOf } from '../scenario.ts';
import { underLoad } from '../under-load.ts';

/** A request that was past the store when it went away is answered all the same. */
const UNDER_WAY_MS = 500;
/** Turns a hang into a failure with a name. */
const REFUSED_WITHIN_MS = 60_000;

export const blobOutage: Scenario = {
  name: 'blob-outage',
  promises: 'a blob store that is away refuses uploads with 503, and afterwards everything goes on by itself',
  async run(ground) {
    const s3 = await startS3Server();
    const outageMs = sizeOf(ground, { full: 60_000, short: 10_000 });
    const given = {
      recordings: { full: 120, short: 30 },
      settings: {
        AFTERWORD_BLOBS: `s3://torture/audio?endpoint=${s3.endpoint}`,
        AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      },
    };
    try {
      return await underLoad(ground, given, async (world, cutOff, findings) => {
        const { phone } = world;
        // On a slow machine all others may have been sent by now.
        const late = world.voices.record('late', Date.now() - 3_600_000, 'speech', 8);
        await world.learn([late]);
        const goneAtMs = Date.now();
        await s3.stop();
        const sending = phone.send([late]);
        await delay(outageMs);
        await eventually(() => phone.answers.get(503), REFUSED_WITHIN_MS);
        const backAtMs = Date.now();
        // A call whose recording's audio broke off in the middle is made again with the rest.
        await cutOff.ofEverybody(world, goneAtMs, backAtMs);
        await s3.start();
        await sending;
        const promised = phone.acknowledgedAtMs.filter(
          (at) => at > goneAtMs + UNDER_WAY_MS && at < backAtMs,
        ).length;
        const refused = phone.answers.get(503) ?? 0;
        if (promised > 0) findings.broken.push(`${promised} uploads were acknowledged without a blob store`);
        if (refused === 0) findings.broken.push('no upload was refused with 503');
        const waiting = await world.ask('SELECT id FROM recordings WHERE next_try_at_ms IS NOT NULL');
        return {
          'away for': seconds(backAtMs - goneAtMs),
          'answers 503': refused,
          'waiting for a next try': waiting.length,
        };
      });
    } finally {
      await s3.close();
    }
  },
};
