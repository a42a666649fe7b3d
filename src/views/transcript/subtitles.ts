/** Subtitles, with times from the start of the conversation. Players refuse a cue that ends before it begins. */
import { oneLine, type ToldConversation } from './conversation-text.ts';

const SHORTEST_CUE_MS = 1;

export function asSrt({ startedAtMs, segments }: ToldConversation): string {
  const cues = segments.map((segment, index) => {
    const { from, to } = timesOf(segment, startedAtMs);
    const who = segment.speaker === null ? '' : `${segment.speaker}: `;
    // Players take what looks like a tag for one.
    const text = oneLine(`${who}${segment.text}`).replaceAll('<', '‹').replaceAll('>', '›');
    return `${index + 1}\n${clock(from, ',')} --> ${clock(to, ',')}\n${text}\n`;
  });
  return cues.join('\n');
}

export function asVtt({ startedAtMs, segments }: ToldConversation): string {
  const cues = segments.map((segment) => {
    const { from, to } = timesOf(segment, startedAtMs);
    const voice = segment.speaker === null ? '' : `<v ${escaped(segment.speaker)}>`;
    return `\n${clock(from, '.')} --> ${clock(to, '.')}\n${voice}${escaped(segment.text)}\n`;
  });
  return `WEBVTT\n${cues.join('')}`;
}

function timesOf(
  { startedAtMs, endedAtMs }: ToldConversation['segments'][number],
  zeroMs: number,
): { from: number; to: number } {
  const from = Math.max(0, startedAtMs - zeroMs);
  return { from, to: Math.max(from + SHORTEST_CUE_MS, endedAtMs - zeroMs) };
}

function clock(ms: number, beforeMs: ',' | '.'): string {
  const whole = Math.round(ms);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const [hours, minutes, seconds] = [whole / 3_600_000, (whole / 60_000) % 60, (whole / 1_000) % 60];
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${beforeMs}${String(whole % 1_000).padStart(3, '0')}`;
}

function escaped(text: string): string {
  return oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
