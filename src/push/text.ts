/**
 * What a notification says: what has happened and how often, never a word that was spoken. The title of a conversation is in
 * it only for a device that has asked for titles. No I/O.
 */
import type { Notice } from './rule.ts';

export interface Content {
  title: string;
  body: string;
  /** One with the same tag replaces the one before, on the way and on the screen. */
  tag: string;
  /** Ids and numbers, as the app gets them: FCM takes strings only. */
  data: Record<string, string>;
}

export function contentOf(notice: Notice, title: string | null): Content {
  switch (notice.kind) {
    case 'conversation': {
      const { conversationId } = notice;
      return {
        title: 'A conversation is ready',
        body: title ?? 'Open it to read its summary.',
        tag: tagOf(notice),
        // Omi's app opens what `navigate_to` names.
        data: {
          type: 'conversation.ready',
          conversation_id: conversationId,
          navigate_to: `/conversation/${conversationId}`,
        },
      };
    }
    case 'summary': {
      const { conversations, conversationId, silent, needsYou, without } = notice;
      const one = conversations === 1 ? conversationId : null;
      return {
        title: conversations === 0 ? 'Your backlog is done' : `${count(conversations, 'conversation')} ready`,
        body: sentenceOf(notice) || 'Your backlog is done.',
        tag: tagOf(notice),
        data: {
          type: 'backlog.done',
          conversations: String(conversations),
          silent: String(silent),
          needs_you: String(needsYou),
          without: String(without),
          ...(one === null ? {} : { conversation_id: one, navigate_to: `/conversation/${one}` }),
        },
      };
    }
    case 'nothing': {
      const { silent, needsYou, without, uploadId } = notice;
      return {
        title: 'No conversation',
        body: sentenceOf(notice),
        tag: tagOf(notice),
        data: {
          type: 'upload.done',
          silent: String(silent),
          needs_you: String(needsYou),
          without: String(without),
          ...(uploadId === null ? {} : { upload_id: uploadId }),
        },
      };
    }
  }
}

/** A summary replaces the one before: both tell how the backlog has ended. */
function tagOf(notice: Notice): string {
  return notice.kind === 'conversation' ? notice.conversationId : notice.kind;
}

function sentenceOf({ silent, needsYou, without }: Exclude<Notice, { kind: 'conversation' }>): string {
  const parts = [
    ...(silent > 0 ? [`nothing was said in ${count(silent, 'recording')}`] : []),
    ...(without > 0 ? [`${count(without, 'recording')} made no conversation`] : []),
    ...(needsYou > 0 ? [`${needsYou} ${needsYou === 1 ? 'needs' : 'need'} you`] : []),
  ];
  const sentence = parts.join('; ');
  return sentence === '' ? '' : `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`;
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}
