/** The ways in which an answer goes out, or does not. */
import type { ServerResponse } from 'node:http';
import type { Behaviour } from './behaviour.ts';

export type Headers = Record<string, string>;

const JSON_TYPE: Headers = { 'content-type': 'application/json' };

export function sendJson(
  response: ServerResponse,
  status: number,
  content: unknown,
  headers: Headers = {},
): void {
  send(response, status, JSON.stringify(content), { ...JSON_TYPE, ...headers });
}

export function sendHtml(response: ServerResponse, status: number): void {
  send(response, status, `<html><body><h1>${status}</h1></body></html>`, { 'content-type': 'text/html' });
}

/** JSON that came whole over HTTP and yet was cut off before. */
export function sendCutJson(response: ServerResponse, content: unknown): void {
  send(response, 200, halfOf(content), JSON_TYPE);
}

/** Announces all of it, sends half, and is gone. */
export function breakOff(response: ServerResponse, content: unknown): void {
  sendHalf(response, content, () => response.destroy());
}

/** Announces all of it, sends half, and does nothing more. */
export function hangHalfway(response: ServerResponse, content: unknown): void {
  sendHalf(response, content, () => {});
}

export function retryAfterHeaders({ retryAfter }: Behaviour): Headers {
  if (retryAfter.form === 'none') return {};
  if (retryAfter.form === 'seconds') return { 'retry-after': String(retryAfter.seconds) };
  return { 'retry-after': new Date(Date.now() + retryAfter.seconds * 1000).toUTCString() };
}

function send(response: ServerResponse, status: number, body: string, headers: Headers): void {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.end(body);
}

function sendHalf(response: ServerResponse, content: unknown, then: () => void): void {
  const whole = Buffer.byteLength(JSON.stringify(content));
  response.writeHead(200, { ...JSON_TYPE, 'content-length': String(whole) });
  response.write(halfOf(content), then);
}

function halfOf(content: unknown): string {
  const whole = JSON.stringify(content);
  return whole.slice(0, whole.length / 2);
}
