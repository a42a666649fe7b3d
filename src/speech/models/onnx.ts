/** The parts of an ONNX model that are changed or made here, as protobuf messages. */
import {
  bytesField,
  type Field,
  fieldsOf,
  messageOf,
  numberField,
  numbersOf,
  textField,
  textOf,
} from './protobuf.ts';

/** The numbers of fields in ONNX's messages. */
export const MODEL = { version: 1, graph: 7, operators: 8 };
export const OPERATORS = { version: 2 };
export const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 };
export const NODE = { input: 1, output: 2, name: 3, type: 4, attribute: 5 };
export const ATTRIBUTE = { name: 1, integer: 3, text: 4, tensor: 5, graph: 6, type: 20 };
export const TENSOR = { dimension: 1, type: 2, int32: 5, name: 8, raw: 9 };
const VALUE = { name: 1, type: 2, tensor: 1, element: 1, shape: 2, dimension: 1, size: 1 };

/** The types of elements. */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT64 = 7;

const TYPE_INTEGER = 2;
const TYPE_TEXT = 3;

type Attributes = Record<string, number | string>;

export function nodeOf(
  type: string,
  inputs: readonly string[],
  outputs: readonly [string, ...string[]],
  attributes: Attributes = {},
): Field[] {
  return [
    ...inputs.map((input) => textField(NODE.input, input)),
    ...outputs.map((output) => textField(NODE.output, output)),
    textField(NODE.name, `${outputs.find((name) => name !== '')}_${type}`),
    textField(NODE.type, type),
    ...Object.entries(attributes).map(([name, value]) =>
      bytesField(NODE.attribute, messageOf([textField(ATTRIBUTE.name, name), ...valueFields(value)])),
    ),
  ];
}

function valueFields(value: number | string): Field[] {
  return typeof value === 'number'
    ? [numberField(ATTRIBUTE.integer, value), numberField(ATTRIBUTE.type, TYPE_INTEGER)]
    : [textField(ATTRIBUTE.text, value), numberField(ATTRIBUTE.type, TYPE_TEXT)];
}

export function tensorOf(
  name: string,
  type: number,
  dimensions: readonly number[],
  values: Uint8Array | Float32Array | BigInt64Array,
): Uint8Array {
  return messageOf([
    ...dimensions.map((dimension) => numberField(TENSOR.dimension, dimension)),
    numberField(TENSOR.type, type),
    textField(TENSOR.name, name),
    bytesField(TENSOR.raw, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ]);
}

/** Names what a graph takes or gives, with its shape. */
export function ioOf(name: string, type: number, dimensions: readonly number[]): Uint8Array {
  const shape = messageOf(
    dimensions.map((size) => bytesField(VALUE.dimension, messageOf([numberField(VALUE.size, size)]))),
  );
  const tensor = messageOf([numberField(VALUE.element, type), bytesField(VALUE.shape, shape)]);
  return messageOf([
    textField(VALUE.name, name),
    bytesField(VALUE.type, messageOf([bytesField(VALUE.tensor, tensor)])),
  ]);
}

/** What stands in a tensor, where it is written as bytes. */
export function rawOf(tensor: readonly Field[]): Uint8Array {
  return tensor.find(({ number }) => number === TENSOR.raw)?.value ?? new Uint8Array(0);
}

/** @throws Error if it has another number of elements than its shape says */
export function floatsOf(tensor: readonly Field[]): Float32Array {
  const raw = rawOf(tensor);
  const size = numbersOf(tensor, TENSOR.dimension).reduce((product, dimension) => product * dimension, 1);
  if (numbersOf(tensor, TENSOR.type)[0] !== FLOAT || raw.length !== 4 * size)
    throw new Error(`${textOf(tensor, TENSOR.name)} is no table of ${size} numbers`);
  // It may lie anywhere in the file, and numbers are read from whole places only.
  return new Float32Array(Uint8Array.from(raw).buffer);
}

/** What a node holds under this name: the graph of a branch, or the tensor of a constant. */
export function heldBy(node: readonly Field[], name: string, kind: 'graph' | 'tensor'): Field[] | null {
  for (const { number, value } of node) {
    if (number !== NODE.attribute) continue;
    const attribute = fieldsOf(value);
    const held = attribute.find((field) => field.number === ATTRIBUTE[kind]);
    if (held && textOf(attribute, ATTRIBUTE.name) === name) return fieldsOf(held.value);
  }
  return null;
}
