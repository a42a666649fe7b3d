import assert from 'node:assert';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { AfterwordError } from '../src/errors.ts';
import { defectOf } from '../src/failure.ts';
import { normalise } from '../src/normalise.ts';

/** As the driver makes it of what PostgreSQL sends. */
function refusedWith(code: string): Error {
  return Object.assign(new pg.DatabaseError('secret words', 12, 'error'), {
    code,
    severity: 'ERROR',
    table: 'pieces',
  });
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a mistake that comes again with the same input', () => {
  it.each(['22021', '22P05', '22003', '23505', '23514', '23503', '42703', '54000', '21000'])(
    'is what PostgreSQL refuses with %s',
    (code) => {
      const defect = defectOf(new Error('while it was stored', { cause: refusedWith(code) }));
      expect(defect).toMatchObject({
        code: 'defect',
        message: expect.stringContaining(`PostgreSQL ${code} on pieces`),
      });
      expect(defect?.message).not.toContain('secret');
    },
  );

  it.each([
    ['TypeError', () => (undefined as unknown as { read: string }).read],
    ['RangeError', () => new Array(-1)],
    ['SyntaxError', () => JSON.parse('{secret')],
    ['AssertionError', () => assert.equal(1, 2)],
  ])('is a %s', (name, work) => {
    const defect = defectOf(thrownBy(work));
    expect(defect).toMatchObject({ code: 'defect', message: expect.stringContaining(name) });
    expect(defect?.message).not.toContain('secret');
  });
});

describe('what may heal is none', () => {
  it.each([
    '08006',
    '40001',
    '40P01',
    '40003',
    '53300',
    '53100',
    '57014',
    '57P01',
    '58030',
    '55P03',
    '25P03',
  ])('PostgreSQL %s', (code) => {
    expect(defectOf(refusedWith(code))).toBeNull();
    expect(['unavailable', 'storage_full']).toContain(normalise(refusedWith(code)).code);
  });

  it('nor are a right that is missing, a refused connection, what a provider did, and what nobody knows', async () => {
    const refused = await fetch('http://127.0.0.1:9').catch((error: unknown) => error);
    const others = [
      refusedWith('42501'),
      refused,
      new AfterwordError('upstream'),
      new AfterwordError('internal', 'a thread ended'),
      new RangeError('Array buffer allocation failed'),
      new Error('strange'),
    ];
    for (const thrown of others) expect(defectOf(thrown)).toBeNull();
  });
});
