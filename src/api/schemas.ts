/**
 * The API's requests and answers. The same schemas validate, serialise and make the OpenAPI document.
 * Each answer's schema stands beside the query that makes it; this file gathers them.
 */
import { z } from 'zod';
import { ONE_LINE } from '../one-line.ts';

export { UsageBody } from '../usage/sums.ts';
export { ConversationBody, ConversationPage, ConversationStatus } from '../views/conversations.ts';
export { OutcomeBody, RecordingBody, RecordingDetail, RecordingPage } from '../views/recordings.ts';
export { SearchPage } from '../views/search.ts';
export { UploadBody } from '../views/uploads.ts';

export const Name = z.string().trim().min(1).max(100).regex(ONE_LINE);

export const SpeakerDecision = z
  .object({
    name: Name.nullable().optional().describe('null removes the name'),
    sameAs: z
      .string()
      .max(100)
      .optional()
      .describe(
        'The id of another speaker, or of a person from /api/v1/people, who is the same; that one stays',
      ),
  })
  .refine(({ name, sameAs }) => name !== undefined || sameAs !== undefined, 'needs `name` or `sameAs`')
  .meta({ id: 'SpeakerDecision', examples: [{ name: 'Anna' }] });

export const Separation = z
  .strictObject({
    segmentIds: z
      .array(z.string().max(200))
      .min(1)
      .max(10_000)
      .describe('The voices that speak in these are a speaker of their own'),
    name: Name.nullable().optional().describe('Of that speaker'),
  })
  .meta({ id: 'Separation', examples: [{ segmentIds: ['rec_1:0.0'], name: 'Ben' }] });

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
