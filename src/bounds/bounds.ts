/**
 * Says how much one person may have of what all people share. A refusal names the bound, what is left of it and when to
 * come again. No I/O.
 */
import { AfterwordError, type ErrorCode } from '../errors.ts';

/** null: no bound. */
export interface Bounds {
  requestsPerMinute: number | null;
  bytesUnderWay: number | null;
  storedBytes: number | null;
  queuedMs: number | null;
  languageCallsPerDay: number | null;
}

/** As the RateLimit fields of HTTP tell a bound (draft-ietf-httpapi-ratelimit-headers). */
export interface ToldBound {
  name: string;
  quota: number;
  /** Requests where nothing else is said. */
  unit?: 'content-bytes' | undefined;
  windowSeconds?: number | undefined;
  left: number;
  /** Until there is more. */
  moreInSeconds: number;
}

export class BoundExceeded extends AfterwordError {
  readonly told: ToldBound;

  constructor(code: ErrorCode, told: ToldBound, detail: string) {
    super(code, detail, { retryAfterMs: told.moreInSeconds * 1000 });
    this.told = told;
  }
}

/** The names are plain words, so nothing in them has to be quoted. */
export function rateLimitPolicy({ name, quota, unit, windowSeconds }: ToldBound): string {
  const parts = [
    `"${name}"`,
    `q=${quota}`,
    ...(unit ? [`qu="${unit}"`] : []),
    ...(windowSeconds ? [`w=${windowSeconds}`] : []),
  ];
  return parts.join(';');
}

export function rateLimit({ name, left, moreInSeconds }: ToldBound): string {
  return `"${name}";r=${Math.max(0, Math.floor(left))};t=${moreInSeconds}`;
}
