/**
 * Says whether sound comes twice at the border of two files: recorders begin a file a moment before the last one ended, or
 * send a piece again. Such files do not follow each other. Pure.
 */
import { SAMPLE_RATE } from '../../audio/hint.ts';
import { energyOf } from './quietest-point.ts';

/** Samples in a quarter of a millisecond. */
const WIDTH = 4;
/** Voices repeat themselves for less than this: half a second, of which the means at its end are left out. */
const SAMPLE = 0.5 * SAMPLE_RATE - 2 * WIDTH;
/** Files that claim to follow each other overlap by no more than their names are inexact. */
const FARTHEST = 2 * SAMPLE_RATE;
/** The same sound after another encoding agrees by more than 0.95, other sound of one voice by less than 0.6. */
const AGREEING = 0.85;
/** Softer sound is a room without a voice: -75 dBFS around 1.5 kHz. */
const LEAST_POWER = 1e-6;
/** No voice stays the same for so long, but a tone does. */
const STEADY_FROM = 0.04 * SAMPLE_RATE;

export function isDoubled(left: Float32Array, right: Float32Array): boolean {
  const [before, after] = [voiceOf(left.subarray(-FARTHEST)), voiceOf(right.subarray(0, FARTHEST))];
  // The beginning of the right one lies in the left one, or its end in the right one.
  return isIn(after.subarray(0, SAMPLE), before) || isIn(before.subarray(-SAMPLE), after);
}

/**
 * The differences between means of a quarter of a millisecond, which hold what is around 1.5 kHz. Of a mains hum hardly any
 * is left. Above that, encoders at low rates and clocks that are half a sample apart agree on little.
 */
function voiceOf(samples: Float32Array): Float32Array {
  const voice = new Float32Array(Math.max(0, samples.length - 2 * WIDTH));
  for (let at = 0; at < voice.length; at++)
    for (let n = 0; n < WIDTH; n++)
      voice[at] = (voice[at] ?? 0) + (samples[at + WIDTH + n] ?? 0) - (samples[at + n] ?? 0);
  return voice;
}

function isIn(wanted: Float32Array, among: Float32Array): boolean {
  const power = energyOf(wanted);
  if (wanted.length < SAMPLE || power < LEAST_POWER * wanted.length || isSteady(wanted)) return false;
  return isFound(wanted, among, 0);
}

/** A tone, as of a fan or of the mains, is the same everywhere: that it comes again says nothing. */
function isSteady(sound: Float32Array): boolean {
  return isFound(sound.subarray(0, SAMPLE / 2), sound, STEADY_FROM);
}

function isFound(wanted: Float32Array, all: Float32Array, from: number): boolean {
  const among = all.subarray(from);
  const power = energyOf(wanted);
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
