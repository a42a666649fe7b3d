/**
 * Says whether sound comes twice at the border of two files: recorders begin a file a moment before the last one ended, or
 * send a piece again. Such files do not follow each other. Pure.
 */
import { SAMPLE_RATE } from '../../audio/hint.ts';
import { energyOf } from './quietest-point.ts';

/** Voices repeat themselves for less than this. */
const SAMPLE = 0.5 * SAMPLE_RATE;
/** Files that claim to follow each other overlap by no more than their names are inexact. */
const FARTHEST = 2 * SAMPLE_RATE;
/** The same sound after another encoding agrees by more than 0.95, other sound of one voice by less than 0.6. */
const AGREEING = 0.85;
/** Softer sound is a room without a voice. */
const LEAST_POWER = 1e-7;

export function isDoubled(left: Float32Array, right: Float32Array): boolean {
  const [before, after] = [changes(left.subarray(-FARTHEST)), changes(right.subarray(0, FARTHEST))];
  // The beginning of the right one lies in the left one, or its end in the right one.
  return isIn(after.subarray(0, SAMPLE), before) || isIn(before.subarray(-SAMPLE), after);
}

/** The differences between samples: a hum, which is the same at all times, has hardly any. */
function changes(samples: Float32Array): Float32Array {
  return samples.map((sample, at) => sample - (samples[at - 1] ?? sample));
}

function isIn(wanted: Float32Array, among: Float32Array): boolean {
  const power = energyOf(wanted);
  if (wanted.length < SAMPLE || power < LEAST_POWER * wanted.length) return false;
  let there = energyOf(among.subarray(0, wanted.length));
  for (let at = 0; at + wanted.length <= among.length; at++) {
    if (isAlike(wanted, among, at, AGREEING * Math.sqrt(power * there))) return true;
    const [first = 0, next = 0] = [among[at], among[at + wanted.length]];
    there = Math.max(0, there + next * next - first * first);
  }
  return false;
}

/** Every eighth sample tells most places apart, at an eighth of the price. */
const STEP = 8;

function isAlike(wanted: Float32Array, among: Float32Array, at: number, least: number): boolean {
  if (product(wanted, among, at, STEP) * STEP < least / 2) return false;
  return product(wanted, among, at, 1) >= least;
}

function product(wanted: Float32Array, among: Float32Array, from: number, step: number): number {
  let sum = 0;
  for (let at = 0; at < wanted.length; at += step) sum += (wanted[at] ?? 0) * (among[from + at] ?? 0);
  return sum;
}
