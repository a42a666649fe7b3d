import type { Conversation } from '@afterword/client';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';

/** What will go of the sound, and what has gone, as its person has chosen. */
export function KeptUntil({
  audioKept,
  audioKeptUntilMs,
}: Pick<Conversation, 'audioKept' | 'audioKeptUntilMs'>) {
  const words = useWords().conversation.player;
  const format = useFormat();
  const told = [
    audioKept === 'some' ? words.partlyGone : '',
    audioKeptUntilMs === null ? '' : words.keptUntil(format.date(audioKeptUntilMs)),
  ];
  const text = told.filter(Boolean).join(' ');
  return text ? <span className="block text-xs">{text}</span> : null;
}
