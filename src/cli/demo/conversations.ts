import { styleText } from 'node:util';
import type { Conversation } from '@afterword/client';

const WIDTH = 100;

/** Prints conversations as one would want to read them. */
export function showConversations(conversations: readonly Conversation[]): void {
  for (const conversation of conversations) {
    const { emoji, title, overview, category, actionItems, keyPoints, segments, startedAtMs, endedAtMs } =
      conversation;
    print('');
    print(styleText('bold', `${emoji ?? ''} ${title ?? 'Conversation'}`));
    print(
      styleText(
        'dim',
        `${when(startedAtMs)} to ${when(endedAtMs).slice(11)} UTC · ${category ?? 'uncategorised'} · ${madeBy(conversation)}`,
      ),
    );
    if (overview) print(wrap(overview, '  ', '  '));
    for (const point of keyPoints) print(wrap(point.text, '  • '));
    print(actionItems.length === 0 ? styleText('dim', '  no tasks found') : styleText('bold', '  To do'));
    for (const item of actionItems) {
      const due = item.dueAtMs === null ? '' : `  (due ${when(item.dueAtMs)} UTC)`;
      const context = item.context === undefined ? '' : `  [after: “${item.context}”]`;
      print(wrap(`${item.description}${due}${context}`, '  ☐ '));
    }
    for (const segment of segments) {
      print(
        wrap(segment.text, `  ${styleText('cyan', when(segment.startedAtMs).slice(11))}  `, ' '.repeat(12)),
      );
    }
  }
}

function madeBy({ madeBy: maker }: Conversation): string {
  return maker === null
    ? 'not understood yet'
    : maker.kind === 'extractive'
      ? 'summary made of the speakers’ own sentences'
      : maker.model;
}

function when(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
}

function wrap(text: string, first: string, rest = ' '.repeat(4)): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line && line.length + word.length + 1 > WIDTH - rest.length) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  lines.push(line);
  return lines.map((content, index) => (index === 0 ? first : rest) + content).join('\n');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
