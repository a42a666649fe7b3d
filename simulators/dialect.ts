import type { IncomingHttpHeaders } from 'node:http';
import type { Transcript } from './transcript.ts';

/** One provider's way to ask, to answer and to refuse. */
export interface Dialect {
  /** The word before the key in its header; null where the key stands alone. */
  readonly scheme: 'Bearer' | 'Token' | null;
  /** Where the key is looked for. Default: `authorization`. */
  readonly keyHeader?: 'authorization' | 'x-api-key' | 'x-goog-api-key';
  /** What a wrong key is answered with. Default: that it is wrong, and what it was. */
  readonly wrongKey?: Refusal;
  /** How it says that it is too busy. Default: 503. */
  readonly busy?: number;
  refusal(refusal: Refusal): unknown;
  /** Of those that say in the body how long to wait, and not in a header. */
  refusalFor?(refusal: Refusal, waitSeconds: number): unknown;
}

/** Of those that answer a question in one request. */
export interface Asking extends Dialect {
  /** @throws Refusal */
  read(request: Request): Promise<Question>;
}

export interface Request {
  headers: IncomingHttpHeaders;
  query: URLSearchParams;
  body: Buffer;
}

export interface Question {
  /** What is asked about; of a language model, all that it was given. */
  pcm: Buffer;
  seconds: number;
  /** Of a language model: what it says that it has read and written. */
  tokens?: { input: number; output: number };
  /** What is sent as JSON. It is made while the call takes its time, and may be a promise. */
  answer(transcript: Transcript): unknown;
}

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;

  constructor(status: number, code: string, message: string, param: string | null = null) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.param = param;
  }
}
