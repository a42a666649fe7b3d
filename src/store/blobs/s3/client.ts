import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { AfterwordError } from '../../../errors.ts';

export interface Deadlines {
  connectMs: number;
  /**
   * How long a connection may be silent, in either direction: also how long an answer may take, for the SDK's other
   * deadlines would be a second say on the same wait.
   */
  silentMs: number;
}

/** A store that puts 200 MB together on a slow disk says nothing meanwhile; 40 s of that have been seen. */
const DEADLINES: Deadlines = { connectMs: 5_000, silentMs: 120_000 };

/** Enough to outlive one bad node or one idle connection that the server has closed; an outage is for the job to wait out. */
const ATTEMPTS = 3;

/** Which try this is, as the SDK tells the server. */
const ATTEMPT = 'amz-sdk-request';

export function openS3Client(config: S3ClientConfig, changed: Partial<Deadlines> = {}): S3Client {
  const deadlines = { ...DEADLINES, ...changed };
  const client = new S3Client({
    ...config,
    maxAttempts: ATTEMPTS,
    // 'adaptive' would hold requests back in this process, unseen; the other mode is the plain one.
    retryMode: 'standard',
    // The SDK's own default adds a CRC32 to every upload, which many other servers refuse. Nothing is lost by leaving
    // it out: a body in memory is signed with its SHA-256, and the server compares.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The SDK's own default opens a connection for each part of a body, so as to ask first whether it may send it.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: deadlines.connectMs,
      socketTimeout: deadlines.silentMs,
      // The SDK's connection deadline also runs while a request waits for a socket, so none may wait: 50 slow readers,
      // its default limit, would make the store look down. Each socket is bounded by an upload or a reader already.
      httpAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
      httpsAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
    },
  });
  askBeforeSendingAgain(client);
  giveUpOnSilence(client, deadlines.silentMs);
  return client;
}

/**
 * A server may refuse a body and close the connection while that is still being sent: its answer is lost, and what is
 * seen is a broken connection. The next try waits for the server's word before it sends the body.
 */
function askBeforeSendingAgain(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers, body } = args.request as { headers: Record<string, string>; body?: Uint8Array };
      const isAgain = !headers[ATTEMPT]?.startsWith('attempt=1;');
      if (isAgain && (body?.byteLength ?? 0) > 0) headers.expect = '100-continue';
      return next(args);
    },
    { step: 'finalizeRequest', name: 'askBeforeSendingAgain', priority: 'low' },
  );
}

/** Three tries would make one silent store three waits, and whoever waits has given up long before. */
function giveUpOnSilence(client: S3Client, silentMs: number): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        // A connection that broke has a code, and may well be a single one.
        const { name, code } = error as { name?: string; code?: string };
        if (name !== 'TimeoutError' || code !== undefined) throw error;
        // Not with the SDK's error as its cause: that one is tried again.
        throw new AfterwordError('unavailable', `the blob store said nothing for ${silentMs / 1000} s`);
      }
    },
    { step: 'finalizeRequest', name: 'giveUpOnSilence', priority: 'low' },
  );
}
