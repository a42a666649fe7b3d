import type { Conversation } from '@afterword/client';
import { useSyncExternalStore } from 'react';
import { type DraftBook, dueKey, isOfLine, taskKey } from '../data/drafts.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.ts';
import type { Row } from './rules/rows.ts';

interface LostDraftsProps {
  rows: readonly Row[];
  tasks: Conversation['actionItems'];
  drafts: DraftBook;
}

/** Corrections whose line or task is not there any more: what was typed is kept until the person has seen it. */
export function LostDrafts({ rows, tasks, drafts }: LostDraftsProps) {
  const words = useWords().conversation.edit;
  const open = useSyncExternalStore(drafts.subscribe, drafts.all);
  if (open.size === 0) return null;
  const there = new Set([
    ...rows.map(({ key }) => key),
    ...tasks.flatMap(({ id }) => [taskKey(id), dueKey(id)]),
    ...['title', 'overview', taskKey(null), dueKey(null)],
  ]);
  return [...open]
    .filter(([key]) => !there.has(key))
    .map(([key, { mine }]) => (
      <Notice
        key={key}
        tone="warning"
        actions={<Button onClick={() => drafts.end(key)}>{words.dismiss}</Button>}
      >
        <p>{isOfLine(key) ? words.gone : words.taskGone}</p>
        <p className="text-ink select-text">{mine}</p>
      </Notice>
    ));
}
