/** What a sender tells about its recordings besides their names and bytes, as far as it can be read. Pure. */
import { z } from 'zod';
import { cleanText } from '../text.ts';

/** Omi's bound for its evidence; the other header is shorter. */
const LONGEST_TOLD = 4096;
const MOST_FILES = 500;

const Text = z.string().max(300).transform(cleanText);

const told = Text.nullish().transform((value) => value ?? null);

const ToldGeolocation = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  address: told,
  google_place_id: told,
  location_type: told,
});

/** As it is stored and told. */
export const Geolocation = z
  .object({
    latitude: z.number(),
    longitude: z.number(),
    address: z.string().nullable(),
    google_place_id: z.string().nullable(),
    location_type: z.string().nullable(),
  })
  .meta({ id: 'Geolocation' });

export type Geolocation = z.infer<typeof Geolocation>;

const Count = z.number().int().nonnegative();

/** Which frames of which capture a file holds. */
const Evidence = z.object({
  capture_root: Text,
  clock_epoch: z.union([Text, z.number()]),
  source_frame_start: Count,
  frame_count: Count,
  rate_hz: Count,
  codec: Text,
  channel: z.union([Text, z.number()]).nullish(),
});

export type Evidence = z.infer<typeof Evidence>;

const AllEvidence = z.object({
  version: z.literal(1),
  files: z.array(Evidence.extend({ name: Text })).max(MOST_FILES),
});

/** Of all files of a request. */
export interface ToldCapture {
  sessionId: string | null;
  conversationId: string | null;
  geolocation: Geolocation | null;
  /** By the name of the file. */
  evidence: ReadonlyMap<string, Evidence>;
}

/** What cannot be read is left out: audio is never refused for what is told about it. */
export function readCapture(told: {
  sessionId?: unknown;
  conversationId?: unknown;
  geolocation?: unknown;
  evidence?: unknown;
}): ToldCapture {
  const evidence = AllEvidence.safeParse(jsonOf(told.evidence)).data?.files ?? [];
  return {
    sessionId: idOf(told.sessionId),
    conversationId: idOf(told.conversationId),
    geolocation: ToldGeolocation.safeParse(jsonOf(told.geolocation)).data ?? null,
    evidence: new Map(evidence.map(({ name, ...file }) => [name, file])),
  };
}

function idOf(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null;
  const id = cleanText(value);
  return id.length <= 200 ? id : null;
}

function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > LONGEST_TOLD) return null;
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}
