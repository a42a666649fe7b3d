/** What the log of events tells: ids, codes, times and numbers, never words that were spoken and no names of files. */
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';

const uploadIds = z.array(z.string()).describe('The uploads whose event streams tell of it');

const RecordingData = z.object({
  recordingId: z.string(),
  uploadIds,
  outcome: z.enum(['waiting', 'processing', 'completed', 'silent', 'rejected', 'failed', 'deleted']),
  stage: z.enum(['queued', 'transcribing', 'placing', 'done']).describe('The stage that begins here'),
  code: z.string().nullable().describe('The reason, from docs/errors.md'),
  attempt: z.number().int(),
  tries: z.number().int().describe('Attempts in a row that failed'),
  nextTryAtMs: EpochMs.nullable(),
  lane: z.enum(['fresh', 'backfill']),
  heardMs: z.number().int().describe('Transcribed so far'),
  durationMs: z.number().int().nullable().describe('null until it is decoded'),
  share: z
    .number()
    .min(0)
    .max(1)
    .describe('Part of it that is transcribed; guessed from its size until it is decoded'),
});

const ConversationData = z.object({
  conversationId: z.string(),
  uploadIds,
  status: z.enum(['settling', 'ready', 'failed', 'merged', 'deleted']),
  stage: z
    .enum(['linking', 'understanding'])
    .optional()
    .describe('What begins: telling its speakers apart, or making title and summary'),
  lane: z
    .enum(['fresh', 'backfill'])
    .optional()
    .describe('`backfill`: all of its recordings were a backlog. Told when its work ends or waits'),
  revision: z.number().int().describe('Counts the versions of its words'),
  code: z.string().nullable(),
  tries: z.number().int(),
  nextTryAtMs: EpochMs.nullable(),
  mergedInto: z.string().nullable().describe('The conversation that it became part of'),
});

const UploadData = z.object({
  uploadId: z.string(),
  uploadIds,
  counts: z.object({
    files: z.number().int(),
    heard: z.number().int(),
    silent: z.number().int().optional().describe('Of those heard: nothing was said in them'),
    refused: z.number().int(),
    failed: z.number().int(),
    deleted: z.number().int(),
  }),
  conversationIds: z.array(z.string()),
});

const WebhookData = z.object({
  webhookId: z.string(),
  uploadIds,
  code: z
    .string()
    .describe(
      'Why: `failing` for five days, or `gone` (410); of what was skipped, why the last attempt failed',
    ),
  skippedNumber: z.number().int().nullable().describe('The number of the event that was skipped'),
});

export type RecordingData = z.infer<typeof RecordingData>;
export type ConversationData = z.infer<typeof ConversationData>;
export type UploadData = z.infer<typeof UploadData>;
export type WebhookData = z.infer<typeof WebhookData>;

const of = (data: z.ZodObject, summary: string) => ({ data, summary });

/** Each type of event, with what it carries. */
export const EVENT_TYPES = {
  'recording.accepted': of(RecordingData, 'A recording was accepted and is queued'),
  'recording.stage': of(RecordingData, 'A stage of its work begins'),
  'recording.progress': of(RecordingData, 'A further twentieth of it is transcribed'),
  'recording.waiting': of(RecordingData, 'It waits: for a worker, or for its next attempt'),
  'recording.completed': of(RecordingData, 'It is transcribed, with words or without'),
  'recording.rejected': of(RecordingData, 'It cannot be used, and its code says why'),
  'recording.failed': of(RecordingData, 'It is not tried again by itself'),
  'recording.updated': of(RecordingData, 'Its time or its verdict was corrected'),
  'recording.deleted': of(RecordingData, 'It was deleted'),
  'conversation.created': of(ConversationData, 'First words of a conversation were placed'),
  'conversation.updated': of(ConversationData, 'Its words, its time or its speakers have changed'),
  'conversation.stage': of(ConversationData, 'A stage of its work begins'),
  'conversation.waiting': of(ConversationData, 'It waits for its next attempt'),
  'conversation.ready': of(ConversationData, 'Its title and summary are made'),
  'conversation.failed': of(ConversationData, 'Title and summary could not be made; its words can be read'),
  'conversation.merged': of(ConversationData, 'It became part of another conversation'),
  'conversation.deleted': of(ConversationData, 'It was deleted, or has lost its last word'),
  'upload.done': of(
    UploadData,
    'All files of an upload have ended, and their conversations are ready. Once for each upload',
  ),
  'webhook.skipped': of(
    WebhookData,
    'An event was not delivered in order for a day, and the next one follows',
  ),
  'webhook.disabled': of(WebhookData, 'A webhook gets nothing any more until it is enabled again'),
} as const;

export type EventType = keyof typeof EVENT_TYPES;

/** One event as its readers get it. Readers must ignore types and fields that they do not know. */
export const eventBody = (type: string, data: object) => ({
  type: 'object',
  required: ['number', 'type', 'atMs', 'data'],
  properties: {
    number: { type: 'integer', description: 'Of its person, without gaps; the id in an event stream' },
    type: { const: type },
    atMs: { type: 'integer', description: 'UTC epoch, milliseconds' },
    data,
  },
});

/** The schemas of what events carry, by their names in the OpenAPI document. */
export const EVENT_DATA = {
  RecordingEventData: RecordingData,
  ConversationEventData: ConversationData,
  UploadEventData: UploadData,
  WebhookEventData: WebhookData,
};

export interface LoggedEvent {
  number: number;
  type: EventType;
  atMs: number;
  data: RecordingData | ConversationData | UploadData | WebhookData;
}

/** One that has no number yet. */
export type NewEvent = Omit<LoggedEvent, 'number' | 'atMs'>;

/** One of the log, with what it is about. */
export interface StoredEvent extends LoggedEvent {
  recordingId: string | null;
  conversationId: string | null;
  uploadIds: string[];
}
