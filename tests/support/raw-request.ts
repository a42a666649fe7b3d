import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** Sends headers as they are given, one after another, in bytes: fetch joins, checks and adds some. */
export async function rawRequest(
  url: string,
  {
    method = 'GET',
    headers = [],
    body = '',
  }: { method?: string; headers?: [string, string][]; body?: string | Uint8Array },
): Promise<RawAnswer> {
  const given = headers.some(([name]) => name.toLowerCase() === 'host') ? [] : [['host', new URL(url).host]];
  const flat = [
    ...given,
    ...headers,
    ['connection', 'close'],
    ['content-length', String(Buffer.byteLength(body))],
  ].flat();
  return await new Promise((resolve, reject) => {
    const sending = request(url, {
      method,
      headers: flat.map((part) => Buffer.from(part ?? '').toString('latin1')),
      setHost: false,
    });
    sending.on('error', reject).on('response', (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer }),
        reject,
      );
    });
    sending.end(body);
  });
}
