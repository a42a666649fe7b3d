/** A conversation as a file that other programs read. Pure. */
import { asText, type ToldConversation } from './conversation-text.ts';
import { asMarkdown } from './markdown.ts';
import { asSrt, asVtt } from './subtitles.ts';

export type TranscriptFormat = 'text' | 'md' | 'srt' | 'vtt' | 'json';

/** @param timeZone that of the person, for the times of day */
export function transcriptOf(
  conversation: ToldConversation,
  format: TranscriptFormat,
  timeZone: string,
): string {
  switch (format) {
    case 'text':
      return asText(conversation, timeZone);
    case 'md':
      return asMarkdown(conversation, timeZone);
    case 'srt':
      return asSrt(conversation);
    case 'vtt':
      return asVtt(conversation);
    case 'json':
      return `${JSON.stringify(conversation, null, 2)}\n`;
  }
}
