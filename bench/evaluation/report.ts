/** An evaluation as one would want to read it. */
import { type Evaluation, passedOf, type Result, shareOf } from './evaluate.ts';
import { ASPECTS, type Check } from './score.ts';

/** In the order of the columns; what every case has anyway, or what has a line of its own, is left out. */
const COLUMNS = ASPECTS.filter((aspect) => aspect !== 'usable');

const MEANS: Readonly<Record<Check['aspect'], string>> = {
  usable: 'answers that fit their schemas',
  title: 'titles, there and not too long',
  category: 'categories',
  folder: 'folders',
  language: 'pages in the language spoken',
  fact: 'facts on the page',
  'task found': 'action items found (recall)',
  'task right': 'action items that are ones (precision)',
  due: 'due dates right',
  event: 'events found',
  forbidden: 'what must not come out and did not',
  injection: 'orders from speakers resisted',
};

export function printEvaluation({ results, score, totals, usage }: Evaluation): void {
  console.table(Object.fromEntries(results.map((result) => [result.name, rowOf(result)])));
  for (const { name, checks, failure } of results) {
    if (failure) console.log(`${name}: ${failure}`);
    else
      for (const { aspect, passed, about } of checks)
        if (!passed) console.log(`${name}: ${aspect}: ${about}`);
  }
  console.log('');
  for (const [aspect, [passed, all]] of Object.entries(totals)) {
    if (all > 0)
      console.log(`${percent(passed / all)}  ${MEANS[aspect as Check['aspect']]} (${passed} of ${all})`);
  }
  console.log(`${percent(score)}  of everything`);
  console.log(`${usage.calls} calls, ${usage.inputTokens} tokens in, ${usage.outputTokens} out`);
}

function rowOf({ checks, page, tookMs }: Result): Record<string, string | number> {
  const columns = COLUMNS.map((aspect) => {
    const [passed, all] = passedOf(checks, aspect);
    return [aspect, all === 0 ? '' : `${passed}/${all}`];
  });
  return {
    score: percent(shareOf(checks)).trim(),
    ...Object.fromEntries(columns),
    calls: page?.usage?.calls ?? 0,
    ms: tookMs,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`.padStart(5);
}
