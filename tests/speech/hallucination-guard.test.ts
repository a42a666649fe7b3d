import { describe, expect, test } from 'vitest';
import { withHallucinationGuard } from '../../src/speech/transcribers/moonshine/hallucination-guard.ts';
import { Stopped } from '../../src/speech/transcribers/moonshine/second-hearing.ts';
import type { RecognizerAnswer } from '../../src/speech/transcribers/moonshine/sherpa.ts';
import { noise } from './clips.ts';

const RATE = 16_000;
const SENTENCE = 'seven words that anybody could have said';

function says(text: string): RecognizerAnswer {
  return { text, tokens: text.split(' ').filter(Boolean).length };
}

describe('a good answer', () => {
  test('to a very short piece is taken after one run', () => {
    expect(withHallucinationGuard(noise(1.5, 0.3), () => says('Ask not.'))).toEqual({
      segments: [{ startMs: 0, endMs: 1500, text: 'Ask not.', speaker: null }],
      unintelligible: false,
      attempts: 1,
      guards: [],
    });
  });

  test('to a short piece is compared with one other hearing', () => {
    expect(withHallucinationGuard(noise(3, 0.3), () => says('Ask not.'))).toMatchObject({
      attempts: 2,
      unsteadiness: 0,
    });
  });

  test('to a long piece is asked for once more, at the end only', () => {
    const asked: number[] = [];
    const result = withHallucinationGuard(noise(10, 0.3), (part) => {
      asked.push(part.length / RATE);
      return says(SENTENCE);
    });
    expect(result).toMatchObject({ attempts: 2, guards: [], unintelligible: false });
    expect(asked[0]).toBe(10);
    expect(asked[1]).toBeGreaterThanOrEqual(2);
    expect(asked[1]).toBeLessThanOrEqual(3.5);
  });
});

describe('no answer', () => {
  test('to a whole that has words in its halves is cut again', () => {
    const result = withHallucinationGuard(noise(8, 0.3), (part) =>
      says(part.length > 5 * RATE ? '' : 'nine oh two'),
    );
    expect(result.segments.map(({ text }) => text)).toEqual(['nine oh two', 'nine oh two']);
    expect(result.segments[0]?.endMs).toBe(result.segments[1]?.startMs);
    expect(result.segments[1]?.endMs).toBe(8000);
    expect(result).toMatchObject({ unintelligible: false, guards: ['empty'] });
  });

  test('ever is said to be unintelligible, after a bounded number of runs', () => {
    const result = withHallucinationGuard(noise(28, 0.3), () => says(' '));
    expect(result).toMatchObject({ segments: [], unintelligible: true, guards: ['empty', 'lost_part'] });
    expect(result.attempts).toBe(15);
  });

  test('to a part is said, and the other part is kept', () => {
    const whole = noise(4, 0.1);
    whole.set(noise(2, 0.9), 2 * RATE);
    const result = withHallucinationGuard(whole, (part) =>
      says(part.some((sample) => sample > 0.5) ? '' : 'one'),
    );
    expect(result.segments[0]).toMatchObject({ startMs: 0, text: 'one' });
    expect(result.segments.at(-1)?.endMs).toBeLessThanOrEqual(2000);
    expect(result).toMatchObject({ unintelligible: false, guards: ['empty', 'lost_part'] });
  });
});

describe('nothing to hear', () => {
  const unasked = () => {
    throw new Error('the recognizer must not be run');
  };
  test('silence is not asked about and not unintelligible', () =>
    expect(withHallucinationGuard(new Float32Array(5 * RATE), unasked)).toEqual({
      segments: [],
      unintelligible: false,
      attempts: 0,
      guards: ['silence'],
    }));
  test.each([0, 1, 1599])('%i samples are too short to ask about', (length) =>
    expect(withHallucinationGuard(new Float32Array(length).fill(0.5), unasked)).toMatchObject({
      segments: [],
      guards: ['too_short'],
    }),
  );
});

describe('words that cannot be', () => {
  test('a loop is cut, and kept if its parts are sane', () => {
    const result = withHallucinationGuard(noise(6, 0.3), (part) =>
      says(part.length > 4 * RATE ? 'a b '.repeat(9) : 'good words'),
    );
    expect(result.segments.map(({ text }) => text)).toEqual(['good words', 'good words']);
    expect(result.guards).toEqual(['loop']);
  });

  test('a loop in every part is dropped and said', () => {
    const result = withHallucinationGuard(noise(6, 0.3), () => ({ text: 'a b '.repeat(9), tokens: 5 }));
    expect(result).toMatchObject({ segments: [], unintelligible: true, guards: ['loop', 'lost_part'] });
  });

  test('more tokens than fit into the time are dropped', () => {
    const result = withHallucinationGuard(noise(2, 0.3), () => ({ text: 'gibberish', tokens: 30 }));
    expect(result).toMatchObject({
      segments: [],
      unintelligible: true,
      guards: ['too_many_tokens', 'lost_part'],
    });
  });

  test('a sentence that is another one each time is dropped', () => {
    let run = 0;
    const words = () => Array.from({ length: 6 }, (_, n) => 'abcdefgh'.charAt(run).repeat(n + 2)).join(' ');
    const result = withHallucinationGuard(noise(6, 0.3), () => {
      run++;
      return says(words());
    });
    expect(result).toEqual({
      segments: [],
      unintelligible: true,
      attempts: 6,
      guards: ['unsteady', 'lost_part'],
      unsteadiness: 1,
    });
  });

  /** Of ten words every hearing has so many that the first one has as well. */
  const sharing = (...shared: number[]) => {
    const first = 'one two three four five six seven eight nine ten'.split(' ').map((word) => `a ${word}`);
    let run = -1;
    return () => {
      const hearing = shared[run++];
      const words = first.map((word, n) =>
        hearing === undefined || n < hearing ? word : `x${run} y${n}${run}`,
      );
      return says(words.join(' '));
    };
  };

  test('words that some hearings have in part are kept, and what is heard around them decides', () => {
    const result = withHallucinationGuard(noise(6, 0.3), sharing(4, 2, 2, 4, 2));
    expect(result).toMatchObject({ unintelligible: false, guards: ['unsteady'] });
    expect(result.segments).toHaveLength(1);
    expect(result.unsteadiness).toBeGreaterThanOrEqual(0.6);
  });

  test('words that are mostly the same when they begin later are no invention', () => {
    const result = withHallucinationGuard(noise(6, 0.3), sharing(4, 2, 2, 4, 7));
    expect(result).toMatchObject({ unintelligible: false, guards: [] });
    expect(result.unsteadiness).toBeLessThan(0.6);
  });

  test('of which less than half is left count as contradicted by the rest', () => {
    const whole = noise(8, 0.1);
    whole.set(noise(2, 0.9), 0);
    const result = withHallucinationGuard(whole, (part) =>
      says(part.length <= 2.5 * RATE && (part[0] ?? 0) ** 2 > 0.02 ? 'good words' : ''),
    );
    expect(result.segments.length).toBeGreaterThan(0);
    expect(result.unsteadiness).toBeGreaterThan(0.5);
  });

  test('an end that comes out differently is forgiven when the halves agree', () => {
    const parts = ['seven words that anybody', 'could have said'];
    let run = 0;
    const result = withHallucinationGuard(noise(6, 0.3), () =>
      says([parts.join(' '), 'quite other words', ...parts][run++] ?? ''),
    );
    expect(result).toMatchObject({ unintelligible: false, attempts: 4, guards: [] });
  });
});

describe('how much hearings of the same sound contradict each other', () => {
  test('is told by those that agree most', () => {
    const parts = ['seven words that anybody', 'could have said'];
    let run = 0;
    const answers = [parts.join(' '), 'quite other words', ...parts];
    expect(withHallucinationGuard(noise(6, 0.3), () => says(answers[run++] ?? ''))).toMatchObject({
      unsteadiness: 0,
    });
  });

  test('is everything where no word came of it', () => {
    expect(withHallucinationGuard(noise(6, 0.3), () => says(''))).toMatchObject({ unsteadiness: 1 });
  });

  test('is not told of silence, nor of sound too short to compare', () => {
    expect(withHallucinationGuard(new Float32Array(5 * RATE), () => says('a'))).not.toHaveProperty(
      'unsteadiness',
    );
    expect(withHallucinationGuard(noise(1, 0.3), () => says('yes'))).not.toHaveProperty('unsteadiness');
  });
});

test('sound without an answer is cut once where all before it was of an unknown language', () => {
  const result = withHallucinationGuard(noise(28, 0.3), () => says(''), { isUnknownSoFar: true });
  expect(result).toMatchObject({ attempts: 3, unintelligible: true, unsteadiness: 1 });
});

test('nothing more is run once nobody waits', () => {
  let runs = 0;
  const hear = () =>
    withHallucinationGuard(
      noise(20, 0.3),
      () => {
        runs++;
        return says('');
      },
      { stopped: () => runs === 2 },
    );
  expect(hear).toThrow(Stopped);
  expect(runs).toBe(2);
});

describe('what comes before a loop', () => {
  const start = 'we will meet at the station on monday morning';
  const looping = `${start} and then we ${'and then we '.repeat(12)}`;

  test('is kept when it is heard again at another tempo', () => {
    const result = withHallucinationGuard(noise(8, 0.3), (part) => {
      if (part.length === 8 * RATE) return { text: looping, tokens: 60 };
      return part.length > 7 * RATE ? says(`${start} and then`) : says('');
    });
    expect(result.segments).toEqual([{ startMs: 0, endMs: 8000, text: start, speaker: null }]);
    expect(result).toMatchObject({ unintelligible: false, guards: ['loop', 'empty', 'lost_part'] });
  });

  test('is dropped when it is something else each time', () => {
    const result = withHallucinationGuard(noise(8, 0.3), (part) => {
      if (part.length === 8 * RATE) return { text: looping, tokens: 60 };
      return part.length > 7 * RATE ? says('nobody has ever said a word of this before today') : says('');
    });
    expect(result).toMatchObject({ segments: [], unintelligible: true });
  });
});

test('a sentence that is contradicted from elsewhere is kept when it is the same at another tempo', () => {
  const result = withHallucinationGuard(noise(8, 0.3), (part) => {
    if (part.length >= 7 * RATE) return says(SENTENCE);
    return says(`${part.length} words that are new each time`);
  });
  expect(result.segments.map(({ text }) => text)).toEqual([SENTENCE]);
});
