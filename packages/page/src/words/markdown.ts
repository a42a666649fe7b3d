/** Reads the little Markdown that summaries are written in: paragraphs, lists, bold, emphasis, code. Pure; nothing of it is HTML. */

export type Inline = { kind: 'text' | 'strong' | 'em' | 'code'; text: string };

export type Block =
  | { kind: 'paragraph' | 'heading'; inlines: Inline[] }
  | { kind: 'list'; isOrdered: boolean; items: Inline[][] };

const ITEM = /^\s*(?:[-*+•]|(\d+)[.)])\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*)$/;

/** @returns the words alone, on one line */
export function plainOf(markdown: string): string {
  const inlines = (block: Block) => (block.kind === 'list' ? block.items : [block.inlines]);
  const lines = blocksOf(markdown).flatMap(inlines);
  return lines.map((line) => line.map(({ text }) => text).join('')).join(' ');
}

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const close = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', inlines: inlinesOf(paragraph.join(' ')) });
    paragraph = [];
  };
  for (const line of markdown.split(/\r?\n/)) {
    const item = ITEM.exec(line);
    const heading = HEADING.exec(line);
    if (item) {
      close();
      const isOrdered = item[1] !== undefined;
      const last = blocks.at(-1);
      const inlines = inlinesOf(item[2] ?? '');
      if (last?.kind === 'list' && last.isOrdered === isOrdered) last.items.push(inlines);
      else blocks.push({ kind: 'list', isOrdered, items: [inlines] });
    } else if (heading) {
      close();
      blocks.push({ kind: 'heading', inlines: inlinesOf(heading[1] ?? '') });
    } else if (line.trim() === '') close();
    else paragraph.push(line.trim());
  }
  close();
  return blocks;
}

const MARKED = /\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|`([^`]+)`/g;

function inlinesOf(text: string): Inline[] {
  const inlines: Inline[] = [];
  let at = 0;
  const plain = (to: number) => {
    // What a star or a bracket means nothing for is written with a backslash before it.
    const part = text.slice(at, to).replace(/\\([\\`*_[\]<>#|~])/g, '$1');
    if (part) inlines.push({ kind: 'text', text: part });
  };
  for (const match of text.matchAll(MARKED)) {
    if (text[match.index - 1] === '\\') continue;
    plain(match.index);
    const [, strong, alsoStrong, em, code] = match;
    if (strong ?? alsoStrong) inlines.push({ kind: 'strong', text: strong ?? alsoStrong ?? '' });
    else inlines.push(em === undefined ? { kind: 'code', text: code ?? '' } : { kind: 'em', text: em });
    at = match.index + match[0].length;
  }
  plain(text.length);
  return inlines;
}
