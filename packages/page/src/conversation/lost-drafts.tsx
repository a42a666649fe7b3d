import { useSyncExternalStore } from 'react';
import { type DraftBook, isOfLine } from '../data/drafts.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.ts';
import type { Row } from './rules/rows.ts';

/** Corrections whose line is not there any more: what was typed is kept until the person has seen it. */
export function LostDrafts({ rows, drafts }: { rows: readonly Row[]; drafts: DraftBook }) {
  const words = useWords().conversation.edit;
  const open = useSyncExternalStore(drafts.subscribe, drafts.all);
  if (open.size === 0) return null;
  const there = new Set(rows.map(({ key }) => key));
  return [...open]
    .filter(([key]) => isOfLine(key) && !there.has(key))
    .map(([key, { mine }]) => (
      <Notice
        key={key}
        tone="warning"
        actions={<Button onClick={() => drafts.end(key)}>{words.dismiss}</Button>}
      >
        <p>{words.gone}</p>
        <p className="text-ink select-text">{mine}</p>
      </Notice>
    ));
}
