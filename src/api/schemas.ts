/** What the API speaks: the same schemas validate, serialise, and make the OpenAPI document. */
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
    .describe('Whether no word could be made out, or the transcriber does not know the language'),
};

const recordingFields = {
  name: z.string(),
  sha256: z.string(),
  sizeBytes: z.number().int(),
  startedAtMs: EpochMs.nullable().describe('When it was made; null while nobody has told'),
  acceptedAtMs: EpochMs,
  finishedAtMs: EpochMs.nullable(),
  outcome: OutcomeBody,
  code: z.string().nullable().describe('A stable word for the reason; docs/errors.md lists them all'),
  reason: z.string().nullable(),
  remedy: z.string().nullable().describe('What a person can do about it'),
  retryable: z.boolean(),
  tries: z.number().int().describe('Tries that failed so far'),
  nextTryAtMs: EpochMs.nullable().describe('When it is tried again by itself'),
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
      lostMs: z.number().describe('Sound that damage took, as far as the bytes tell'),
    })
    .nullable()
    .describe('What decoding found; null before it'),
  timings: z
    .record(z.string(), z.number())
    .describe(
      'Where the time went, milliseconds by stage; with a hosted detector of speech also how many windows it was to hear (vadWindows), and how many of them were heard here in its place (vadFallbacks)',
    ),
  conversationIds: z.array(z.string()),
  speechWithoutWords: z
    .array(z.object(withoutWords))
    .describe('Where somebody spoke and no word could be made out: seconds to listen to'),
  heardElsewhere: z
    .array(z.object({ recordingId: z.string(), ms: z.number() }))
    .describe(
      'What it says that another recording of its microphone says as well, in milliseconds of speech: it is shown there, and not twice',
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
        failed: z.record(z.string(), z.number().int()).describe('By the kind of failure'),
        retries: z.number().int(),
        fallbacks: z.number().int().describe('Asked since another one had failed'),
        spared: z.number().int().describe('Not asked: it was known to be down'),
        tookMs: z.number(),
      }),
    )
    .describe('Who was asked for its words, in the order in which they were first asked'),
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
        pending: z.number().int().describe('On their way'),
        heard: z.number().int().describe('With words or without'),
        refused: z.number().int().describe('Not usable: `remedy` of the receipt says what would help'),
        failed: z.number().int(),
        deleted: z.number().int(),
      })
      .describe(
        'How many of the files are how far. An upload whose files were all refused is `done` as well',
      ),
    files: z.array(
      z.object({
        recordingId: z.string(),
        known: z.boolean(),
        notice: z
          .string()
          .nullable()
          .describe('What its sender should know although it is accepted, as a time that was not taken'),
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
    '`settling` changes by itself, when its words have been understood; `failed` waits for a person, its words are there',
  );

const conversationFields = {
  id: z.string(),
  status: ConversationStatus,
  failure: z.string().nullable().describe('Why the last try to understand it failed'),
  code: z
    .string()
    .nullable()
    .describe('A stable word for `failure`, from docs/errors.md; null also for failures of older versions'),
  remedy: z.string().nullable().describe('What a person can do about it'),
  tries: z.number().int().describe('Tries that failed so far'),
  nextTryAtMs: EpochMs.nullable().describe('When it is tried again by itself'),
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
        .describe('What was said right before, where the description alone does not say what is meant'),
    }),
  ),
  sections: z
    .array(z.object({ heading: z.string(), body: z.string(), segmentIds: z.array(z.string()) }))
    .describe('The conversation by its subjects, Markdown; only a language model tells them'),
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
    .describe('Where it belongs; `confidence` is null when it went by the category'),
  madeBy: z
    .object({ kind: z.enum(['extractive', 'language-model']), model: z.string(), version: z.string() })
    .nullable()
    .describe('`extractive` beside a `failure`: shown until the language model can be asked'),
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
      .describe('Where in it somebody spoke and no word could be made out'),
    speakers: z
      .array(
        z.object({
          id: z.string(),
          name: z.string().nullable().describe('As you named them'),
          label: z.string().describe('`Speaker 1` is whoever is heard first'),
          spokenMs: z.number().int(),
        }),
      )
      .describe('In the order in which they are first heard; empty where the provider tells nobody apart'),
    segments: z.array(
      z.object({
        id: z.string(),
        text: z.string(),
        startedAtMs: EpochMs,
        endedAtMs: EpochMs,
        speaker: z
          .string()
          .nullable()
          .describe('The name or the label of who speaks; null where nobody was told apart'),
        speakerId: z.string().nullable(),
        language: z.string().nullable().describe('BCP 47; null where the provider does not tell'),
        words: z
          .array(z.object({ startMs: EpochMs, endMs: EpochMs, text: z.string() }))
          .nullish()
          .describe('With `?include=words`; null where the provider gives no times for words'),
        recordingId: z.string(),
        provider: z.string(),
        model: z.string(),
      }),
    ),
  })
  .meta({ id: 'Conversation' });

const usageSums = {
  results: z.number().int().describe('Committed answers: pieces of speech, conversations'),
  calls: z.number().int().describe('Retries and failures included'),
  failedCalls: z.number().int(),
  audioMs: z.number().int().describe('Of the pieces that were answered'),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  costMicros: z
    .number()
    .int()
    .nullable()
    .describe('Millionths of a US dollar; null when the price of any of it is unknown'),
  unpricedResults: z.number().int().describe('Results whose price was not known when they were committed'),
};

export const UsageBody = z
  .object({
    currency: z.literal('USD'),
    total: z.object(usageSums),
    rows: z.array(
      z.object({
        stage: z.string().describe('`transcribe`, `speakers` or `understand`; others may come'),
        provider: z.string(),
        model: z.string(),
        ...usageSums,
      }),
    ),
  })
  .meta({ id: 'Usage' });

/** A name goes to a language model on a line of its own: nothing in it may end that line. */
const Name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);

export const SpeakerDecision = z
  .object({
    name: Name.nullable().optional().describe('null takes the name away'),
    sameAs: z
      .string()
      .max(100)
      .optional()
      .describe('The id of the speaker who is the same person, and stays'),
  })
  .refine(
    ({ name, sameAs }) => name !== undefined || sameAs !== undefined,
    'says neither `name` nor `sameAs`',
  )
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
