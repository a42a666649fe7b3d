/** The recordings of which every word is known: the sample day, and a folder of clips. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from '../../src/audio/decode.ts';
import { SAMPLE_RATE } from '../../src/audio/hint.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { bytesOf, day, dayAudio, truth } from '../../tests/speech/clips.ts';
import { spokenWords } from '../../tests/speech/word-error-rate.ts';

export const CLIPS = fileURLToPath(new URL('../../../shared/speech/', import.meta.url));
/** Of digits each model makes something else, and each way of writing them would count as an error. */
export const DIGITS = 'digits';

export interface Sound {
  samples: Float32Array;
  text: string;
}

/** A sentence that goes on in the next file, and the digits, are silenced: what is left of each file can be compared. */
export async function soundsOfDay(): Promise<Sound[]> {
  const sounds: Sound[] = [];
  for (const file of day) {
    const samples = await dayAudio(file);
    const until = file.startsAt + samples.length / SAMPLE_RATE;
    const inside = truth.filter(({ start, end }) => start < until && end > file.startsAt);
    const whole = inside.filter(({ start, end }) => start >= file.startsAt && end <= until);
    const silenced = inside.filter((utterance) => !whole.includes(utterance) || utterance.clip === DIGITS);
    for (const { start, end } of silenced) {
      const at = (seconds: number) => Math.max(0, Math.round((seconds - file.startsAt) * SAMPLE_RATE));
      samples.fill(0, at(start - 0.1), at(end + 0.1));
    }
    const text = whole.filter(({ clip }) => clip !== DIGITS).map((utterance) => utterance.text);
    sounds.push({ samples, text: text.join(' ') });
  }
  return sounds;
}

/** @returns null if the folder has no `transcripts.tsv` */
export async function soundsOfClips(folder: string): Promise<Sound[] | null> {
  let table: string;
  try {
    table = readFileSync(join(folder, 'transcripts.tsv'), 'utf8');
  } catch {
    return null;
  }
  const sounds: Sound[] = [];
  for (const line of table.trimEnd().split('\n').slice(1)) {
    const [name = '', , text = '', language] = line.split('\t');
    if (language !== 'en' || name === DIGITS) continue;
    const parts: Float32Array[] = [];
    for await (const part of decode(bytesOf(join(folder, `${name}.wav`)), null, emptyReport()))
      parts.push(part);
    sounds.push({ samples: Float32Array.from(parts.flatMap((part) => [...part])), text });
  }
  return sounds;
}

export function asSaid(heard: string): string[] {
  return spokenWords(heard).map((word) => (word === 'mr' ? 'mister' : word));
}
