/** Has a server take the sample day, for a benchmark that needs something to show. */
import { createClient, orThrow } from '@afterword/client';

export interface SampleDay {
  uploadId: string;
  conversationIds: readonly string[];
}

/** @returns when all of it is done */
export async function addSampleDay(url: string): Promise<SampleDay> {
  const api = createClient({ baseUrl: url });
  const { id } = orThrow(await api.POST('/api/v1/samples/day'));
  for await (const { type } of api.follow(`/api/v1/uploads/${id}/events`)) if (type === 'upload.done') break;
  const { conversationIds } = orThrow(await api.GET('/api/v1/uploads/{id}', { params: { path: { id } } }));
  return { uploadId: id, conversationIds };
}
