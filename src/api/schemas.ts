/** The API's requests and answers. The same schemas validate, serialise and make the OpenAPI document. */
import { z } from 'zod';

const EpochMs = z.number().int().describe('UTC epoch, milliseconds');

export const OutcomeBody = z
  .enum(['waiting', 'processing', 'completed', 'silent', 'rejected', 'failed', 'deleted'])
  .describe('`waiting` and `processing` change by themselves; the others are final. `silent` is a success.');

const withoutWords = {
  recordingId: z.string(),
  startedAtMs: EpochMs,
  endedAtMs: EpochMs,
  code: z
    .enum(['unintelligible', 'unknown_language'])
    .describe(
      '`unintelligible`: no word was understood; `unknown_language`: the transcriber does not know the language',
    ),
};

const recordingFields = {
  name: z.string(),
  sha256: z.string(),
  sizeBytes: z.number().int(),
  startedAtMs: EpochMs.nullable().describe('When the recording began; null while that is not known'),
  acceptedAtMs: EpochMs,
  finishedAtMs: EpochMs.nullable(),
  outcome: OutcomeBody,
  code: z.string().nullable().describe('A stable code for the reason; docs/errors.md lists them all'),
  reason: z.string().nullable(),
  remedy: z.string().nullable().describe('What a person can do about it'),
  retryable: z.boolean(),
  tries: z.number().int().describe('Attempts that failed so far'),
  nextTryAtMs: EpochMs.nullable().describe('When the next automatic attempt begins'),
  lane: z.enum(['fresh', 'backfill']),
  progress: z.object({ heardMs: z.number(), durationMs: z.number().nullable() }),
  audio: z
    .object({
      format: z.string(),
      frames: z.number(),
      concealedFrames: z
        .number()
        .describe('Frames that could not be decoded and were replaced, so that no time shifts'),
      skippedFrames: z.number(),
      bytesLost: z.number(),
      damage: z.string().nullable(),
      lostMs: z
        .number()
        .describe('Length of the sound that is missing because of damage, as far as the bytes show it'),
    })
    .nullable()
    .describe('What decoding found; null until it is decoded'),
  timings: z
    .record(z.string(), z.number())
    .describe(
      'Milliseconds spent in each stage. With a hosted detector of speech also the number of windows (vadWindows), and how many of them Silero examined instead of it (vadFallbacks)',
    ),
  conversationIds: z.array(z.string()),
  speechWithoutWords: z.array(z.object(withoutWords)).describe('Times with speech but without words'),
  heardElsewhere: z
    .array(z.object({ recordingId: z.string(), ms: z.number() }))
    .describe(
      'Speech that another recording of the same microphone contains too, in milliseconds. It is shown in that recording only',
    ),
};

export const RecordingBody = z.object({ id: z.string(), ...recordingFields }).meta({ id: 'Recording' });

export const RecordingDetail = RecordingBody.extend({
  calls: z
    .array(
      z.object({
        provider: z.string(),
        model: z.string(),
        calls: z.number().int(),
        answered: z.number().int(),
        failed: z
          .record(z.string(), z.number().int())
          .describe('Number of failed calls by the kind of failure'),
        retries: z.number().int(),
        fallbacks: z.number().int().describe('Calls made because another provider had failed'),
        spared: z
          .number()
          .int()
          .describe('Calls that were not made because the provider was known to be down'),
        unfinished: z.number().int().describe('Calls that are under way, or whose process died under them'),
        tookMs: z.number(),
      }),
    )
    .describe('Calls for its words by provider, in the order of the first call'),
}).meta({ id: 'RecordingDetail' });

export const RecordingPage = z
  .object({ recordings: z.array(RecordingBody), nextCursor: z.string().nullable() })
  .meta({ id: 'RecordingPage' });

export const UploadBody = z
  .object({
    id: z.string(),
    status: z.enum(['processing', 'done']),
    acceptedAtMs: EpochMs,
    counts: z
      .object({
        files: z.number().int(),
        pending: z.number().int().describe('Not finished yet'),
        heard: z.number().int().describe('Transcribed, with words or without'),
        refused: z.number().int().describe('Not usable: `remedy` of the file says what would help'),
        failed: z.number().int(),
        deleted: z.number().int(),
      })
      .describe('Number of files by state. An upload whose files were all refused is `done` as well'),
    files: z.array(
      z.object({
        recordingId: z.string(),
        known: z.boolean(),
        notice: z
          .string()
          .nullable()
          .describe('A warning about a file that was accepted, such as a new time that was ignored'),
        ...recordingFields,
      }),
    ),
    conversationIds: z.array(z.string()),
    newConversationIds: z.array(z.string()),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'Upload' });

export const ConversationStatus = z
  .enum(['settling', 'ready', 'failed'])
  .describe(
    '`settling` changes by itself once title and summary are made; `failed` waits for a person, and the words can be read',
  );

const conversationFields = {
  id: z.string(),
  status: ConversationStatus,
  failure: z.string().nullable().describe('Why the last attempt to make title and summary failed'),
  code: z
    .string()
    .nullable()
    .describe('A stable code for `failure`, from docs/errors.md; null also for failures of older versions'),
  remedy: z.string().nullable().describe('What a person can do about it'),
  tries: z.number().int().describe('Attempts that failed so far'),
  nextTryAtMs: EpochMs.nullable().describe('When the next automatic attempt begins'),
  title: z.string().nullable(),
  overview: z.string().nullable(),
  emoji: z.string().nullable(),
  category: z.string().nullable(),
  keyPoints: z.array(z.object({ text: z.string(), segmentId: z.string() })),
  actionItems: z.array(
    z.object({
      description: z.string(),
      dueAtMs: EpochMs.nullable(),
      dueText: z.string().nullable(),
      segmentId: z.string(),
      context: z
        .string()
        .optional()
        .describe('What was said right before, if the description alone is unclear'),
    }),
  ),
  sections: z
    .array(z.object({ heading: z.string(), body: z.string(), segmentIds: z.array(z.string()) }))
    .describe('One section for each subject, as Markdown; only a language model makes them'),
  events: z.array(
    z.object({
      title: z.string(),
      description: z.string(),
      startsAtMs: EpochMs,
      minutes: z.number().int(),
      segmentId: z.string(),
    }),
  ),
  folder: z
    .object({ id: z.string(), confidence: z.number().nullable() })
    .nullable()
    .describe('The folder it belongs to; `confidence` is null when the folder follows from the category'),
  madeBy: z
    .object({ kind: z.enum(['extractive', 'language-model']), model: z.string(), version: z.string() })
    .nullable()
    .describe(
      'What made title and summary. `extractive` beside a `failure`: shown until the language model answers',
    ),
  startedAtMs: EpochMs,
  endedAtMs: EpochMs,
  updatedAtMs: EpochMs,
};

export const ConversationPage = z
  .object({ conversations: z.array(z.object(conversationFields)), nextCursor: z.string().nullable() })
  .meta({ id: 'ConversationPage' });

export const ConversationBody = z
  .object({
    ...conversationFields,
    recordingIds: z.array(z.string()),
    speechWithoutWords: z
      .array(z.object(withoutWords))
      .describe('Times in the conversation with speech but without words'),
    speakers: z
      .array(
        z.object({
          id: z.string(),
          name: z.string().nullable().describe('The name that you gave'),
          label: z.string().describe('`Speaker 1` speaks first'),
          spokenMs: z.number().int(),
        }),
      )
      .describe('In the order in which they first speak; empty if the provider does not tell speakers apart'),
    segments: z.array(
      z.object({
        id: z.string(),
        text: z.string(),
        startedAtMs: EpochMs,
        endedAtMs: EpochMs,
        speaker: z
          .string()
          .nullable()
          .describe('The name or label of the speaker; null if speakers were not told apart'),
        speakerId: z.string().nullable(),
        language: z.string().nullable().describe('BCP 47; null if the provider does not report it'),
        words: z
          .array(z.object({ startMs: EpochMs, endMs: EpochMs, text: z.string() }))
          .nullish()
          .describe('With `?include=words`; null if the provider gives no times for words'),
        recordingId: z.string(),
        provider: z.string(),
        model: z.string(),
      }),
    ),
  })
  .meta({ id: 'Conversation' });

const usageSums = {
  results: z.number().int().describe('Pieces of speech transcribed, or conversations summarised'),
  calls: z.number().int().describe('All calls, including retries and failed ones'),
  failedCalls: z.number().int(),
  audioMs: z.number().int().describe('Length of the pieces that were transcribed'),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  costMicros: z
    .number()
    .int()
    .nullable()
    .describe('Millionths of a US dollar; null if the price of any part is unknown'),
  unpricedResults: z.number().int().describe('Results whose price was not known when they were committed'),
};

export const UsageBody = z
  .object({
    currency: z.literal('USD'),
    total: z.object(usageSums),
    rows: z.array(
      z.object({
        stage: z.string().describe('`transcribe`, `speakers` or `understand`; more may be added'),
        provider: z.string(),
        model: z.string(),
        ...usageSums,
      }),
    ),
  })
  .meta({ id: 'Usage' });

/** A name goes into a language model's prompt on a line of its own, so it must not contain anything that ends a line. */
const Name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);

export const SpeakerDecision = z
  .object({
    name: Name.nullable().optional().describe('null removes the name'),
    sameAs: z
      .string()
      .max(100)
      .optional()
      .describe('The id of another speaker who is the same person; that speaker stays'),
  })
  .refine(({ name, sameAs }) => name !== undefined || sameAs !== undefined, 'needs `name` or `sameAs`')
  .meta({ id: 'SpeakerDecision' });

export const ProblemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    retryable: z.boolean(),
    remedy: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

export const Id = z.object({ id: z.string() });
