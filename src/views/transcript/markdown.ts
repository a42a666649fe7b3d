import {
  localSecond,
  localSpan,
  oneLine,
  type ToldConversation,
  taskOf,
  UNTITLED,
} from './conversation-text.ts';

/** Words stay words: what was said with a star or a bracket becomes no emphasis and no link. */
export function asMarkdown(conversation: ToldConversation, timeZone: string): string {
  const { title, overview, keyPoints, actionItems, segments } = conversation;
  const lines = [`# ${escaped(title ?? UNTITLED)}`, '', localSpan(conversation, timeZone)];
  if (overview) lines.push('', escaped(overview));
  if (keyPoints.length > 0)
    lines.push('', '## Key points', '', ...keyPoints.map(({ text }) => `- ${escaped(text)}`));
  if (actionItems.length > 0)
    lines.push('', '## To do', '', ...actionItems.map((item) => `- [ ] ${escaped(taskOf(item, timeZone))}`));
  if (segments.length > 0) lines.push('', '## What was said');
  for (const { text, startedAtMs, speaker } of segments) {
    const who = speaker === null ? '' : ` **${escaped(speaker)}:**`;
    lines.push('', `${localSecond(startedAtMs, timeZone)}${who} ${escaped(text)}`);
  }
  return `${lines.join('\n')}\n`;
}

function escaped(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>#|~]/g, '\\$&');
}
