/** Why a delivery was not taken is said in words, in each language, for every code that there is. */
import { expect, it } from 'vitest';
import { whyNotDelivered } from '../../packages/page/src/settings/why-not-delivered.ts';
import { de } from '../../packages/page/src/words/de.ts';
import { en } from '../../packages/page/src/words/en.ts';
import { FAILURES } from '../../src/webhooks/refused.ts';

const LANGUAGES = [
  ['English', en],
  ['German', de],
] as const;

it.each(LANGUAGES)('every code has its words and a next step in %s', (_, words) => {
  for (const code of [...FAILURES, 'endpoint_disabled']) {
    const { what, remedy } = whyNotDelivered(words, code, null);
    expect([code, what, remedy]).toEqual([
      code,
      expect.stringMatching(/\w \w/),
      expect.stringMatching(/\w \w/),
    ]);
  }
  expect(Object.keys(words.deliveries.failures).toSorted()).toEqual(
    [...FAILURES, 'endpoint_disabled'].toSorted(),
  );
});

it.each(LANGUAGES)('a status of the server is explained in %s, and named for its log', (_, words) => {
  const said = [400, 401, 403, 404, 405, 410, 413, 429, 500, 502, 503].map((status) => {
    const { what, remedy } = whyNotDelivered(words, 'status', status);
    expect(what).toContain(String(status));
    expect(remedy).not.toBeNull();
    return what.replace(String(status), '');
  });
  // 401 and 403, 404 and 405, and those of a server that fails are told the same.
  expect(new Set(said).size).toBe(7);
});

it('a code that the page does not know is not shown to a person', () => {
  expect(whyNotDelivered(en, 'brand_new', null)).toEqual({ what: 'no reason was told', remedy: null });
});
