/** Shows a person how far a push is: one line that is redrawn in a terminal; without one only what went wrong, and the sum. */
import { AfterwordProblem } from '@afterword/client';
import { failureFields } from '../../failure.ts';
import type { ExaminedFile } from './examine.ts';
import type { FoundFile } from './find.ts';
import { exitOf, type FileOutcome, type State, sumOf } from './outcomes.ts';
import type { Listener } from './pusher.ts';
import { isForRoom } from './retry.ts';

const REDRAW_MS = 100;
const MB = 1_000_000;
/** Of some 300 bytes each. */
const MOST_OUTCOMES = 100_000;
const CLEAR = '\r\x1b[2K';

export class Progress implements Listener {
  /** A watch may run for months: it keeps the latest. */
  readonly outcomes: FileOutcome[] = [];
  readonly #counts = new Map<State, number>();
  readonly #out: NodeJS.WriteStream;
  readonly #isLive: boolean;
  readonly #underWay = new Map<string, { name: string; sizeBytes: number; sent: number }>();
  /** By path; the folders that are watched bound it. */
  readonly #withoutRoom = new Map<string, FileOutcome>();
  #files = 0;
  #bytes = 0;
  #doneBytes = 0;
  #waiting: string | null = null;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(out: NodeJS.WriteStream, isLive = out.isTTY === true) {
    this.#out = out;
    this.#isLive = isLive;
  }

  /** These are to be pushed too. */
  found(files: readonly FoundFile[]): void {
    this.#files += files.length;
    for (const { sizeBytes } of files) this.#bytes += sizeBytes;
    this.#draw();
  }

  begins({ path, name, sizeBytes }: ExaminedFile): void {
    this.#underWay.set(path, { name, sizeBytes, sent: 0 });
    this.#draw();
  }

  moves({ path }: ExaminedFile, bytes: number): void {
    const file = this.#underWay.get(path);
    if (file) file.sent = bytes;
    this.#waiting = null;
    this.#draw();
  }

  ends(outcome: FileOutcome): void {
    this.#underWay.delete(outcome.path);
    const isAsBefore = this.#takeBack(outcome);
    this.#doneBytes += outcome.sizeBytes;
    this.#waiting = null;
    this.#counts.set(outcome.state, (this.#counts.get(outcome.state) ?? 0) + 1);
    if (this.outcomes.length >= MOST_OUTCOMES) this.outcomes.shift();
    this.outcomes.push(outcome);
    const line = lineOf(outcome);
    // Where nobody looks only what needs a person is worth a line.
    const isForPerson = outcome.state === 'refused' || outcome.state === 'unreadable';
    if (!isAsBefore && (this.#isLive || isForPerson)) this.say(line);
    this.#draw();
  }

  /** A file for which there was no room and that is tried again counts once. @returns whether there is still none */
  #takeBack(outcome: FileOutcome): boolean {
    const before = this.#withoutRoom.get(outcome.path);
    if (before) {
      this.#withoutRoom.delete(outcome.path);
      const at = this.outcomes.indexOf(before);
      if (at >= 0) this.outcomes.splice(at, 1);
      const left = (this.#counts.get(before.state) ?? 0) - 1;
      if (left > 0) this.#counts.set(before.state, left);
      else this.#counts.delete(before.state);
      this.#files -= 1;
      this.#bytes -= before.sizeBytes;
      this.#doneBytes -= before.sizeBytes;
    }
    if (!isForRoom(outcome)) return false;
    this.#withoutRoom.set(outcome.path, outcome);
    return before !== undefined;
  }

  waits(error: unknown): void {
    this.#waiting =
      error instanceof AfterwordProblem
        ? `the server answers ${error.status} (${error.code})`
        : `the connection broke (${failureFields(error).cause ?? (error as Error).message})`;
    this.#draw();
  }

  say(line: string): void {
    this.#out.write(`${this.#isLive ? CLEAR : ''}${line}\n`);
    this.#drawnAt = Number.NEGATIVE_INFINITY;
  }

  /** @returns the sentence that sums it up */
  end(): string {
    if (this.#isLive) this.#out.write(CLEAR);
    return sumOf(this.#counts);
  }

  exitStatus(): number {
    return exitOf(this.#counts);
  }

  #ended(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  #draw(): void {
    const nowMs = performance.now();
    if (!this.#isLive || nowMs - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = nowMs;
    const under = [...this.#underWay.values()];
    const sent = this.#doneBytes + under.reduce((sum, file) => sum + file.sent, 0);
    const share = this.#bytes === 0 ? 100 : Math.floor((100 * sent) / this.#bytes);
    const all = `${this.#ended()}/${this.#files} files, ${mb(sent)} of ${mb(this.#bytes)} MB (${share} %)`;
    const each = under
      .slice(0, 3)
      .map((file) => `${shown(file.name)} ${Math.floor((100 * file.sent) / Math.max(1, file.sizeBytes))} %`);
    const wait = this.#waiting === null ? [] : [`${this.#waiting}; it goes on by itself`];
    const line = [all, ...wait, ...each].join('  ');
    this.#out.write(`${CLEAR}${line.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }
}

const WORDS = {
  sent: 'sent',
  known: 'there already',
  doubled: 'there already, under another name',
  refused: 'refused',
  unreadable: 'not readable',
} as const;

function lineOf({ path, state, recordingId, code, reason, remedy }: FileOutcome): string {
  const what = [shown(path), WORDS[state], recordingId].filter((part) => part !== null).join('  ');
  if (reason === null) return what;
  return `${what}  ${code === null ? '' : `${code}: `}${reason}${remedy ? `\n  ${remedy}` : ''}`;
}

/** A name may hold line breaks and what moves a terminal's cursor. */
export function shown(name: string): string {
  return name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

function mb(bytes: number): string {
  return (bytes / MB).toFixed(1);
}
