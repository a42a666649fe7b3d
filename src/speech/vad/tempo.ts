/** The same sound played faster (over 1) or slower, pitch and all, by linear interpolation: good enough to ask again. */
export function atTempo(samples: Float32Array, tempo: number): Float32Array {
  const length = Math.floor(samples.length / tempo);
  const played = new Float32Array(length);
  for (let at = 0; at < length; at++) {
    const position = at * tempo;
    const before = Math.floor(position);
    const share = position - before;
    const sample = samples[before] ?? 0;
    played[at] = sample + share * ((samples[before + 1] ?? sample) - sample);
  }
  return played;
}
