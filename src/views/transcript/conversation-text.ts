/** What a conversation is told from, in every format. */
export interface ToldConversation {
  id: string;
  status: string;
  title: string | null;
  overview: string | null;
  startedAtMs: number;
  endedAtMs: number;
  keyPoints: readonly { text: string }[];
  actionItems: readonly { description: string; dueText: string | null; dueAtMs: number | null }[];
  segments: readonly { text: string; startedAtMs: number; endedAtMs: number; speaker: string | null }[];
}

export const UNTITLED = 'Conversation';

/** @returns as `2026-03-14 09:26` in that zone */
export function localMinute(ms: number, timeZone: string): string {
  return `${localDay(ms, timeZone)} ${localSecond(ms, timeZone).slice(0, 5)}`;
}

/** @returns as `09:26:53` in that zone */
export function localSecond(ms: number, timeZone: string): string {
  const parts = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...parts, timeZone }).format(ms);
}

function localDay(ms: number, timeZone: string): string {
  // The Swedish way to write a date is that of ISO 8601.
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone }).format(ms);
}

/** @returns as `2026-03-14 09:26 to 09:41 (Europe/Stockholm)`, with the second day where there is one */
export function localSpan({ startedAtMs, endedAtMs }: ToldConversation, timeZone: string): string {
  const end = localMinute(endedAtMs, timeZone);
  const isOneDay = localDay(startedAtMs, timeZone) === localDay(endedAtMs, timeZone);
  return `${localMinute(startedAtMs, timeZone)} to ${isOneDay ? end.slice(11) : end} (${timeZone})`;
}

/** Plain text: the title, what it was about, what there is to do, and each thing that was said on a line of its own. */
export function asText(conversation: ToldConversation, timeZone: string): string {
  const { title, overview, keyPoints, actionItems, segments } = conversation;
  const heading = title ?? UNTITLED;
  return [
    heading,
    localSpan(conversation, timeZone),
    ...(overview ? ['', overview] : []),
    ...listed(
      'Key points',
      keyPoints.map(({ text }) => text),
    ),
    ...listed(
      'To do',
      actionItems.map((item) => taskOf(item, timeZone)),
    ),
    ...(segments.length > 0 ? ['', ...segments.map((segment) => spoken(segment, timeZone))] : []),
    '',
  ].join('\n');
}

function listed(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${heading}:`, ...lines.map((line) => `- ${line}`)];
}

export function taskOf(
  { description, dueText, dueAtMs }: ToldConversation['actionItems'][number],
  timeZone: string,
): string {
  if (dueAtMs !== null) return `${description} (by ${localMinute(dueAtMs, timeZone)})`;
  return dueText === null ? description : `${description} (${dueText})`;
}

function spoken(
  { text, startedAtMs, speaker }: ToldConversation['segments'][number],
  timeZone: string,
): string {
  return `[${localSecond(startedAtMs, timeZone)}] ${speaker === null ? '' : `${speaker}: `}${oneLine(text)}`;
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
