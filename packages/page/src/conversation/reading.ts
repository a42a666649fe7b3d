/** What the page of a conversation reads: its words, their times, its sound. */
import type { Conversation } from '@afterword/client';
import type { QueryClient } from '@tanstack/react-query';
import { queryOptions } from '@tanstack/react-query';
import { AfterwordProblem, api, isWorthRetrying, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import type { SoundMap } from './rules/sound-map.ts';
import type { HeardWord } from './rules/word-times.ts';

export interface Reading {
  conversation: Conversation;
  /** What a change is based on. */
  etag: string;
}

export const readingKey = (id: string) => [...keys.conversation(id), 'reading'] as const;

export const readingQuery = (id: string) =>
  queryOptions({
    queryKey: readingKey(id),
    queryFn: async ({ signal }): Promise<Reading> => {
      const answer = await api.GET('/api/v1/conversations/{id}', { params: { path: { id } }, signal });
      return { conversation: orThrow(answer), etag: answer.response.headers.get('etag') ?? '' };
    },
    retry: (failed, error) => failed < 3 && isWorthRetrying(error),
  });

/** @returns the reading that the page has at present */
export function presentReading(queries: QueryClient, id: string): Reading | undefined {
  return queries.getQueryData<Reading>(readingKey(id));
}

/**
 * The times of words are many times as large as the words, and corrections leave them as they are: they are read again only
 * when other lines come.
 */
export const wordTimesQuery = ({ id, segments }: Conversation) =>
  queryOptions({
    queryKey: ['word-times', id, digestOf(segments.map((segment) => segment.id).join(' '))] as const,
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, readonly HeardWord[]>> => {
      const query = { include: 'words' } as const;
      const read = orThrow(
        await api.GET('/api/v1/conversations/{id}', { params: { path: { id }, query }, signal }),
      );
      return new Map(read.segments.flatMap(({ id: line, words }) => (words ? [[line, words] as const] : [])));
    },
    structuralSharing: false,
    gcTime: 5 * 60_000,
    enabled: segments.length > 0,
  });

/** Recordings of earlier versions are prepared when they are first heard, which takes minutes for a long one. */
const MOST_WAITS = 60;

const patient = {
  retry: (failed: number, error: unknown) =>
    isBeingPrepared(error) ? failed < MOST_WAITS : failed < 3 && isWorthRetrying(error),
  retryDelay: (failed: number, error: unknown) =>
    (error instanceof AfterwordProblem ? error.retryAfterMs : null) ?? Math.min(500 * 2 ** failed, 8_000),
};

export function isBeingPrepared(error: unknown): boolean {
  return error instanceof AfterwordProblem && error.code === 'audio_not_ready';
}

/** Hours that lie between two recordings are left out of the sound. */
const GAPS = 'skip' as const;

export const soundMapQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.sound(id), 'map'] as const,
    queryFn: async ({ signal }): Promise<SoundMap> => {
      const params = { path: { id }, query: { gaps: GAPS } };
      return orThrow(await api.GET('/api/v1/conversations/{id}/audio/map', { params, signal }));
    },
    ...patient,
  });

export interface Peaks {
  highest: number[];
  lowest: number[];
}

/** Of at most about 9,000 pairs: several for each pixel, and some 50 kB. */
function zoomFor(durationMs: number): number {
  if (durationMs <= 30 * 60_000) return 1;
  return durationMs <= 150 * 60_000 ? 2 : 3;
}

export const peaksQuery = (id: string, durationMs: number) =>
  queryOptions({
    queryKey: [...keys.sound(id), 'peaks', zoomFor(durationMs)] as const,
    queryFn: async ({ signal }): Promise<Peaks> => {
      const params = { path: { id }, query: { gaps: GAPS, zoom: zoomFor(durationMs) } };
      const { data } = orThrow(await api.GET('/api/v1/conversations/{id}/peaks', { params, signal })) as {
        data: number[];
      };
      const pairs = Math.floor(data.length / 2);
      const at = (offset: number) =>
        Array.from({ length: pairs }, (_, n) => (data[2 * n + offset] ?? 0) / 128);
      return { lowest: at(0), highest: at(1) };
    },
    ...patient,
  });

export type SoundFormat = 'ogg' | 'wav';

/** An address is good for six hours; a player that is refused asks for another one. */
export const addressQuery = (id: string, format: SoundFormat) =>
  queryOptions({
    queryKey: ['audio-address', id, format] as const,
    queryFn: async ({ signal }): Promise<string> => await addressOf(id, format, signal),
    ...patient,
  });

export async function addressOf(id: string, format: SoundFormat, signal?: AbortSignal): Promise<string> {
  const params = { path: { id }, query: { format, gaps: GAPS } };
  const { url } = orThrow(
    await api.POST('/api/v1/conversations/{id}/audio/address', { params, ...(signal && { signal }) }),
  );
  return url;
}

/** Tells texts apart; nobody chooses them to be alike. */
export function digestOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0x1000193];
  for (let at = 0; at < text.length; at += 1) {
    a = Math.imul(a ^ text.charCodeAt(at), 0x01000193);
    b = Math.imul(b + text.charCodeAt(at), 0x85ebca6b) ^ (b >>> 13);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}
