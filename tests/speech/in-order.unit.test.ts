/** Another thread hears a window while whoever takes its speech is slow: whenever its speech comes, all of it is given out. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InOrder } from '../../src/speech/vad/in-order.ts';
import { isMark } from '../../src/speech/vad/mark.ts';
import type { Speech } from '../../src/speech/vad/speech.ts';

const RATE = 16_000;
const STEP = 120 * RATE;

it('gives out what comes while it is asked for more, whenever that is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat({ max: 3 }), { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      (windows) => {
        const inOrder = new InOrder({ leadSeconds: undefined, joinSeconds: undefined }, undefined);
        /** Of all windows, in the order in which their threads find it. */
        const steps: { isFound: () => void; afterTaken: number }[] = [];
        windows.forEach((spans, index) => {
          const heard = windowThatIsHeard();
          const borderSample = (index + 1) * STEP;
          inOrder.add({ startSample: index * STEP, believedFromSample: index * STEP, borderSample }, heard);
          for (const [at, afterTaken] of spans.entries())
            steps.push({
              isFound: () => heard.speech.push(second(index * STEP + at * 5 * RATE)),
              afterTaken,
            });
          steps.push({
            isFound: () => {
              heard.isDone = true;
            },
            afterTaken: 0,
          });
        });
        inOrder.end();
        const taken: number[] = [];
        const wait = () => {
          const step = steps.shift();
          step?.isFound();
          // As many more come in the same moment, for example while a piece of the one before is transcribed.
          for (let more = step?.afterTaken ?? 0; more > 0; more--) steps.shift()?.isFound();
        };
        while (inOrder.length > 0) {
          for (const item of inOrder.ready()) {
            if (!isMark(item)) taken.push(item.startSample);
            wait();
          }
          wait();
        }
        expect(taken).toEqual(
          windows.flatMap((spans, index) => spans.map((_, at) => index * STEP + at * 5 * RATE)),
        );
      },
    ),
  );
});

function second(startSample: number): Speech {
  const samples = new Float32Array(RATE);
  const nothing = new Float32Array(0);
  return { startSample, endSample: startSample + RATE, samples, lead: nothing, trail: nothing };
}

function windowThatIsHeard() {
  return {
    speech: [] as Speech[],
    isDone: false,
    unheardSamples: 0,
    push() {},
    end() {},
    async changed() {},
    close() {},
  };
}
