/** Reads what a client sent, by the letter: whoever sends another format or a wrong length is to find out here. */
export function readWav(bytes: Buffer): { pcm: Buffer; seconds: number } | null {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF') return null;
  if (bytes.toString('latin1', 8, 12) !== 'WAVE' || bytes.readUInt32LE(4) !== bytes.length - 8) return null;
  let rate = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const chunk = bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at + 4));
    if (name === 'fmt ') {
      if (chunk.length < 16) return null;
      const [tag, channels, bits] = [chunk.readUInt16LE(0), chunk.readUInt16LE(2), chunk.readUInt16LE(14)];
      if (tag !== 1 || channels !== 1 || bits !== 16) return null;
      rate = chunk.readUInt32LE(4);
    }
    if (name === 'data') {
      const isWhole = chunk.length === bytes.readUInt32LE(at + 4) && chunk.length % 2 === 0;
      return rate > 0 && isWhole ? { pcm: chunk, seconds: chunk.length / 2 / rate } : null;
    }
    at += 8 + chunk.length + (chunk.length % 2);
  }
  return null;
}
