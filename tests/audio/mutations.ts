/** How files are damaged: by flipped bits, and by bytes that are cut off, put in, written over or taken out. */
import fc from 'fast-check';
import { concat } from './omi-writer.ts';

type Mutation =
  | { kind: 'flip'; at: number; bit: number }
  | { kind: 'cut'; at: number }
  | { kind: 'insert'; at: number; bytes: Uint8Array }
  | { kind: 'overwrite'; at: number; bytes: Uint8Array }
  | { kind: 'remove'; at: number; count: number };

/** Positions are shares of the file; one in eight lies in its first 64 bytes, where the headers are. */
const at = fc.oneof(
  { weight: 7, arbitrary: fc.noBias(fc.double({ min: 0.001, max: 1, noNaN: true })) },
  { weight: 1, arbitrary: fc.integer({ min: -64, max: 0 }) },
);
const someBytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('cut' as const), at }),
  fc.record({ kind: fc.constant('insert' as const), at, bytes: someBytes }),
  fc.record({ kind: fc.constant('overwrite' as const), at, bytes: someBytes }),
  fc.record({ kind: fc.constant('remove' as const), at, count: fc.integer({ min: 1, max: 300 }) }),
);

export function mutate(file: Uint8Array, change: Mutation): Uint8Array {
  const place = change.at <= 0 ? Math.min(-change.at, file.length) : Math.floor(change.at * file.length);
  const [before, after] = [file.subarray(0, place), file.subarray(place)];
  if (change.kind === 'cut') return before;
  if (change.kind === 'insert') return concat([before, change.bytes, after]);
  if (change.kind === 'overwrite') return concat([before, change.bytes, after.subarray(change.bytes.length)]);
  if (change.kind === 'remove') return concat([before, after.subarray(change.count)]);
  return file.map((byte, i) => (i === place ? byte ^ (1 << change.bit) : byte));
}
