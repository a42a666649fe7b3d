/** A map of a file's sound as bytes, a byte or two for each packet. Pure. */
import type { OpusMap, SoundMap } from './sound-map.ts';

/** Packets of 255 bytes and more have this, and their length in two bytes behind it. */
const LONG = 255;
const HEAD_BYTES = 4;

export function mapToBytes(map: SoundMap): Buffer {
  if (map.kind === 'pcm') return withHead(map, Buffer.alloc(0));
  const { sizes, ...head } = map;
  const long = sizes.reduce((count, size) => (size >= LONG ? count + 1 : count), 0);
  const body = Buffer.alloc(sizes.length + 2 * long);
  let at = 0;
  for (const size of sizes) {
    body[at] = Math.min(size, LONG);
    at += 1;
    if (size < LONG) continue;
    body.writeUInt16LE(size, at);
    at += 2;
  }
  return withHead({ ...head, packets: sizes.length }, body);
}

export function mapFromBytes(bytes: Buffer): SoundMap {
  const headBytes = bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.toString('utf8', HEAD_BYTES, HEAD_BYTES + headBytes)) as { kind: string };
  if (head.kind === 'pcm') return head as SoundMap;
  const { packets, ...map } = head as Omit<OpusMap, 'sizes'> & { packets: number };
  const sizes = new Uint16Array(packets);
  for (let packet = 0, at = HEAD_BYTES + headBytes; packet < packets; packet += 1) {
    const size = bytes[at] ?? 0;
    sizes[packet] = size < LONG ? size : bytes.readUInt16LE(at + 1);
    at += size < LONG ? 1 : 3;
  }
  return { ...map, sizes };
}

function withHead(head: object, body: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(HEAD_BYTES);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, body]);
}
