import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesField,
  fieldsOf,
  messageOf,
  numberField,
  numbersOf,
  textField,
  textOf,
  textsOf,
} from '../../src/speech/models/protobuf.ts';

const number = fc.integer({ min: 1, max: 5000 });
const size = fc.oneof(fc.nat(200), fc.nat(2 ** 31 - 1), fc.constant(2 ** 40));
const field = fc.oneof(
  fc.tuple(number, size).map(([of, value]) => numberField(of, value)),
  fc.tuple(number, fc.string()).map(([of, text]) => textField(of, text)),
  fc.tuple(number, fc.uint8Array({ maxLength: 300 })).map(([of, value]) => bytesField(of, value)),
  fc
    .tuple(number, fc.constantFrom([1, 8] as const, [5, 4] as const))
    .map(([of, [wireType, length]]) => ({ number: of, wireType, value: new Uint8Array(length).fill(9) })),
);
const bare = (fields: ReturnType<typeof fieldsOf>) =>
  fields.map(({ value, ...rest }) => ({ ...rest, value: [...value] }));

describe('a protobuf message', () => {
  test('taken apart and put together again is the same', () => {
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        const message = messageOf(fields);
        expect(bare(fieldsOf(message))).toEqual(bare(fields));
        expect(messageOf(fieldsOf(message))).toEqual(message);
      }),
    );
  });

  test('that is cut off within a field is refused', () => {
    fc.assert(
      fc.property(field, fc.nat(), (one, at) => {
        const message = messageOf([one]);
        const length = 1 + (at % (message.length - 1));
        expect(() => fieldsOf(message.subarray(0, length))).toThrow(RangeError);
      }),
    );
  });

  test('gives its texts, and its numbers packed or one by one', () => {
    const packed = bytesField(2, Uint8Array.of(0x80, 0x01, 0x05));
    const fields = [textField(1, 'a'), numberField(2, 300), packed, textField(1, 'b')];
    expect(textsOf(fields, 1)).toEqual(['a', 'b']);
    expect(textOf(fields, 7)).toBe('');
    expect(numbersOf(fields, 2)).toEqual([300, 128, 5]);
  });
});
