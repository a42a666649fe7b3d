import type { z } from 'zod';
import { ConversationBody, UploadBody } from '../../api/schemas.ts';
import { follow } from '../event-source.ts';
import type { SampleFile } from './sample.ts';

const HEADERS = { 'x-afterword-user': 'local' };

export type UploadPage = z.infer<typeof UploadBody>;
export type ConversationPage = z.infer<typeof ConversationBody>;

/** The few calls that the demo makes, checked against the schemas that the server itself validates with. */
export class AfterwordClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async upload(files: readonly SampleFile[]): Promise<UploadPage> {
    const form = new FormData();
    for (const { name, blob } of files) form.append('files', blob, name);
    return UploadBody.parse(await this.#fetch('/api/v1/recordings', { method: 'POST', body: form }));
  }

  /** Something has happened to the upload; ends when it is done. */
  changes(id: string): AsyncIterable<unknown> {
    return follow(`${this.#url}/api/v1/uploads/${id}/events`, HEADERS);
  }

  async uploadStatus(id: string): Promise<UploadPage> {
    return UploadBody.parse(await this.#fetch(`/api/v1/uploads/${id}`));
  }

  /** In order of time. */
  async conversations(ids: readonly string[]): Promise<ConversationPage[]> {
    const all = await Promise.all(
      ids.map(async (id) => ConversationBody.parse(await this.#fetch(`/api/v1/conversations/${id}`))),
    );
    return all.sort((a, b) => a.startedAtMs - b.startedAtMs);
  }

  async #fetch(path: string, init?: RequestInit): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, { ...init, headers: HEADERS });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return await response.json();
  }
}
