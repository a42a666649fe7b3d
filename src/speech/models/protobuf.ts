/**
 * Takes protobuf messages apart and puts them together again, without knowing what their fields mean: ONNX models are such
 * messages, and what is not changed in one has to stay as it was, byte for byte.
 */

const VARINT = 0;
const EIGHT_BYTES = 1;
const WITH_LENGTH = 2;
const FOUR_BYTES = 5;

export interface Field {
  number: number;
  wireType: number;
  /** Without the length that stands before it. */
  value: Uint8Array;
}

/** The values are views of the message. @throws RangeError if it is cut off */
export function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const key = varintAt(message, at);
    const wireType = key.value % 8;
    const { from, to } = valueAt(message, key.end, wireType);
    if (to > message.length)
      throw new RangeError(`a field ends ${to - message.length} bytes after its message`);
    fields.push({ number: Math.floor(key.value / 8), wireType, value: message.subarray(from, to) });
    at = to;
  }
  return fields;
}

export function messageOf(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.flatMap(({ number, wireType, value }) => {
      const key = varint(number * 8 + wireType);
      return wireType === WITH_LENGTH ? [key, varint(value.length), value] : [key, value];
    }),
  );
}

export function bytesField(number: number, value: Uint8Array): Field {
  return { number, wireType: WITH_LENGTH, value };
}

export function textField(number: number, text: string): Field {
  return bytesField(number, Buffer.from(text));
}

export function numberField(number: number, value: number): Field {
  return { number, wireType: VARINT, value: varint(value) };
}

/** The text of the first field of this number; empty without one. */
export function textOf(fields: readonly Field[], number: number): string {
  return textsOf(fields, number)[0] ?? '';
}

export function textsOf(fields: readonly Field[], number: number): string[] {
  return fields.filter((field) => field.number === number).map(({ value }) => Buffer.from(value).toString());
}

/** Numbers of a repeated field, whether they are packed into one or stand one by one. */
export function numbersOf(fields: readonly Field[], number: number): number[] {
  return fields
    .filter((field) => field.number === number)
    .flatMap(({ value }) => {
      const numbers: number[] = [];
      for (let at = 0; at < value.length; ) {
        const { value: found, end } = varintAt(value, at);
        numbers.push(found);
        at = end;
      }
      return numbers;
    });
}

function valueAt(message: Uint8Array, at: number, wireType: number): { from: number; to: number } {
  if (wireType === VARINT) return { from: at, to: varintAt(message, at).end };
  if (wireType === EIGHT_BYTES) return { from: at, to: at + 8 };
  if (wireType === FOUR_BYTES) return { from: at, to: at + 4 };
  if (wireType !== WITH_LENGTH) throw new RangeError(`${wireType} is no wire type`);
  const { value: length, end } = varintAt(message, at);
  return { from: end, to: end + length };
}

function varintAt(message: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start, factor = 1; at < message.length; at += 1, factor *= 128) {
    const byte = message[at] ?? 0;
    value += (byte % 128) * factor;
    if (byte < 128) return { value, end: at + 1 };
  }
  throw new RangeError('a number has no end');
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}
