import type { Readable } from 'node:stream';

/** Of an inspected error with its stack; the message stands at its beginning, and the rest is of no use in one line. */
const MOST_CHARACTERS = 16_384;
const LONGEST_WORDS = 300;

/** What a process says when it ends: an error's first line, Node's own "FATAL ERROR: …", or what our commands print. */
const REASON = /^(?:Uncaught )?(?:afterword: |FATAL ERROR: |[A-Za-z]*Error(?: \[\w+\])?: )/;
/** What follows the reason, or frames it: the stack, the source line, an error's fields, Node's version. */
const BESIDE = /^(?:\s|Node\.js v|node:|file:|[{}^]|-+ |\d+: )/;

/** The end of what a child prints on standard error, passed on to ours. */
export class LastWords {
  #text = '';

  listenTo(stream: Readable): void {
    stream.setEncoding('utf8').on('data', (text: string) => {
      process.stderr.write(text);
      this.#text = (this.#text + text).slice(-MOST_CHARACTERS);
    });
  }

  /** One line that says why the child ended, or null when it said nothing. */
  get reason(): string | null {
    return reasonIn(this.#text);
  }
}

export function reasonIn(text: string): string | null {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const told =
    lines.findLast((line) => REASON.test(line)) ??
    lines.findLast((line) => line !== '' && !BESIDE.test(line));
  return told === undefined ? null : oneLine(told.replace(/^(?:Uncaught |afterword: )+/, ''));
}

export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_WORDS ? `${line.slice(0, LONGEST_WORDS)}…` : line;
}
