/**
 * Writes the log lines about recordings and conversations: one for each end of a recording or of an attempt at it, with
 * its reason and without any words that were spoken. The attempt's own log adds its ids (`forAttempt` in context.ts).
 */
import type { Logger } from 'pino';
import type { AfterwordError, ErrorCode } from '../errors.ts';
import { failureFields } from '../failure.ts';
import type { Outcome } from '../store/schema.ts';
import { isMistake } from './retry-policy.ts';

export type LogSubject = { recordingId: string } | { conversationId: string };

/** The result of an attempt, once it is committed. */
export interface Ended {
  outcome: Exclude<Outcome, 'processing' | 'deleted'>;
  code: ErrorCode | null;
  reason: string | null;
  heardMs: number;
  /** Time since the recording was accepted. */
  tookMs?: number;
  failedAttempts: number;
  nextAttemptAtMs?: number;
  /** Why what an earlier version has heard stays as it was. */
  notHeardAgain?: string;
}

export function logEnded(log: Logger, recordingId: string, ended: Ended): void {
  const { outcome, code, reason, heardMs, tookMs = 0, failedAttempts, nextAttemptAtMs = 0 } = ended;
  const about = { outcome, code, heardMs, tookMs, tries: failedAttempts };
  const why = `(${code})${reason === null ? '' : `: ${reason}`}`;
  const name = `Recording ${recordingId}`;
  if (ended.notHeardAgain !== undefined)
    log.warn(about, `${name} could not be heard again ${ended.notHeardAgain}; it stays as it was`);
  else if (outcome === 'completed')
    log.info(about, `${name} heard: ${seconds(heardMs)} in ${seconds(tookMs)}`);
  else if (outcome === 'silent')
    log.info(about, `${name} heard: no words in ${seconds(heardMs)} (${code ?? 'silence'})`);
  else if (outcome === 'rejected') log.info(about, `${name} refused ${why}`);
  else if (outcome === 'failed') log.error(about, `${name} failed ${why}`);
  else {
    const next = `tried again at ${new Date(nextAttemptAtMs).toISOString()}`;
    log.warn({ ...about, nextTryAtMs: nextAttemptAtMs }, `${name} waits ${why}; ${next}`);
  }
}

export function logNotUnderstood(
  log: Logger,
  conversationId: string,
  {
    code,
    reason,
    failedAttempts,
    nextAttemptAtMs,
  }: { code: ErrorCode; reason: string; failedAttempts: number; nextAttemptAtMs: number | null },
): void {
  const about = { code, tries: failedAttempts, nextTryAtMs: nextAttemptAtMs };
  if (nextAttemptAtMs === null) {
    log.error(about, `Conversation ${conversationId} failed to be understood (${code}): ${reason}`);
  } else {
    const next = `tried again at ${new Date(nextAttemptAtMs).toISOString()}`;
    log.warn(about, `Conversation ${conversationId} waits to be understood (${code}): ${reason}; ${next}`);
  }
}

/** Logs a step that failed. Only a bug is worth its stack at the default level. */
export function logBrokenStep(
  log: Logger,
  subject: LogSubject,
  failure: AfterwordError,
  thrown: unknown,
): void {
  const { code, message } = failure;
  const { cause, stack } = failureFields(thrown);
  // The message of our own and of system errors says little; the first cause says what happened.
  const why = isMistake(code) || code === 'unavailable' ? cause : message;
  const isTold = isMistake(code) || log.isLevelEnabled('debug');
  const about = { code, ...(isTold ? { stack } : {}) };
  log.warn(about, `${nameOf(subject)}: a step failed (${code}): ${why}`);
}

/** Logs a step that a stop of this worker broke off. Its lease hands the work over, so nobody has to act. */
export function logLeftStep(log: Logger, subject: LogSubject): void {
  log.info(`${nameOf(subject)}: left to another worker, since this one stops`);
}

function nameOf(subject: LogSubject): string {
  return 'recordingId' in subject
    ? `Recording ${subject.recordingId}`
    : `Conversation ${subject.conversationId}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
