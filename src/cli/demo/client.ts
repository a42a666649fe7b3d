import { type Conversation, createClient, orThrow, type Upload } from '@afterword/client';
import { DEFAULT_USER, senderHeaders } from '../sender-headers.ts';
import type { SampleFile } from './sample.ts';

/** The few calls that the demo makes. */
export class DemoClient {
  readonly #afterword: ReturnType<typeof createClient>;

  constructor(url: string) {
    this.#afterword = createClient({ baseUrl: url, headers: senderHeaders(DEFAULT_USER, undefined) });
  }

  async upload(files: readonly SampleFile[]): Promise<Upload> {
    return await this.#afterword.sendFiles(files);
  }

  /** Something has happened to the upload; ends when it is done. */
  changes(id: string): AsyncIterable<unknown> {
    return this.#afterword.follow(`/api/v1/uploads/${id}/events`);
  }

  async uploadStatus(id: string): Promise<Upload> {
    return orThrow(await this.#afterword.GET('/api/v1/uploads/{id}', { params: { path: { id } } }));
  }

  /** In order of time. */
  async conversations(ids: readonly string[]): Promise<Conversation[]> {
    const all = await Promise.all(
      ids.map(async (id) =>
        orThrow(await this.#afterword.GET('/api/v1/conversations/{id}', { params: { path: { id } } })),
      ),
    );
    return all.sort((a, b) => a.startedAtMs - b.startedAtMs);
  }
}
