import type { z } from 'zod';
import { ConversationBody, ConversationPage, UploadBody } from '../../src/api/schemas.ts';
import type { TestServer } from '../support/server.ts';

export type Upload = z.infer<typeof UploadBody>;
export type Receipt = Upload['files'][number];
export type Conversation = z.infer<typeof ConversationBody>;
type ConversationSummary = z.infer<typeof ConversationPage>['conversations'][number];

export interface SentFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Somebody with a wearable. Several share a server and never see each other. */
export class Person {
  readonly id: string;
  readonly #server: TestServer;

  constructor(server: TestServer, id: string) {
    this.#server = server;
    this.id = id;
  }

  async fetch(
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: Blob | FormData } = {},
  ) {
    return await fetch(`${this.#server.url}${path}`, {
      ...init,
      headers: { ...init.headers, 'x-afterword-user': this.id },
    });
  }

  /** One request. Resolves with what the 202 says, when the bytes are safe. */
  async upload(files: readonly SentFile[]): Promise<Upload> {
    return await this.#ask(UploadBody, 202, '/api/v1/recordings', { method: 'POST', body: formOf(files) });
  }

  /** A raw body, with its time told. */
  async uploadTold({ name, bytes }: SentFile, startedAtMs: number): Promise<Upload> {
    return await this.#ask(UploadBody, 202, `/api/v1/recordings?name=${name}&startedAtMs=${startedAtMs}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Blob([bytes]),
    });
  }

  async readUpload(id: string): Promise<Upload> {
    return await this.#ask(UploadBody, 200, `/api/v1/uploads/${id}`);
  }

  /** Asks until it is done. It is the server that waits, so there is no pause here to choose. */
  async uploadDone(id: string): Promise<Upload> {
    for (;;) {
      const upload = await this.#ask(UploadBody, 200, `/api/v1/uploads/${id}`, {
        headers: { prefer: 'wait=25' },
      });
      if (upload.status === 'done') return upload;
    }
  }

  /** In the order of the list, newest first, and read page by page so that the seams are tried as well. */
  async list(pageSize = 2): Promise<ConversationSummary[]> {
    const all: ConversationSummary[] = [];
    let cursor = '';
    for (;;) {
      const path = `/api/v1/conversations?limit=${pageSize}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const page = await this.#ask(ConversationPage, 200, path);
      all.push(...page.conversations);
      if (page.nextCursor === null) return all;
      cursor = page.nextCursor;
    }
  }

  /** With their words, oldest first. */
  async conversations(): Promise<Conversation[]> {
    const list = (await this.list()).reverse();
    return await Promise.all(
      list.map(({ id }) => this.#ask(ConversationBody, 200, `/api/v1/conversations/${id}`)),
    );
  }

  async #ask<T extends z.ZodType>(
    schema: T,
    status: number,
    path: string,
    init?: Parameters<Person['fetch']>[1],
  ): Promise<z.infer<T>> {
    const response = await this.fetch(path, init);
    const body = await response.text();
    if (response.status !== status) throw new Error(`${path} answered ${response.status}: ${body}`);
    return schema.parse(JSON.parse(body));
  }
}

export function formOf(files: readonly SentFile[]): FormData {
  const form = new FormData();
  for (const { name, bytes } of files) form.append('files', new Blob([bytes]), name);
  return form;
}
