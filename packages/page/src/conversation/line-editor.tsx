import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import type { Draft } from '../data/drafts.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.ts';

export interface EditorProps {
  label: string;
  /** What happens with an empty one; else what the keys do. */
  hint?: string;
  draft: Draft;
  lang?: string | undefined;
  onType: (text: string) => void;
  /** @param overwrite what it says now, where the person has seen that and wants theirs */
  onSave: (overwrite?: string) => void;
  onCancel: () => void;
  /** Shown where the text differs from what was heard. */
  asHeard?: string | null | undefined;
  isOfManyLines?: boolean;
}

/** Corrects a text at its place. What somebody else has written meanwhile is shown beside it, and nothing of either is lost. */
export function TextEditor({
  label,
  hint,
  draft,
  lang,
  onType,
  onSave,
  onCancel,
  asHeard,
  isOfManyLines,
}: EditorProps) {
  const { edit: words, ...conversation } = useWords().conversation;
  const common = useWords().common;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const { current } = field;
    current?.focus({ preventScroll: true });
    current?.setSelectionRange(current.value.length, current.value.length);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      onCancel();
    }
    if (event.key === 'Enter' && (!isOfManyLines || event.metaKey || event.ctrlKey) && !event.shiftKey) {
      event.preventDefault();
      if (draft.theirs === null) onSave();
    }
  };
  return (
    <div className="flex flex-col gap-2 py-1">
      <textarea
        ref={field}
        id={id}
        lang={lang}
        aria-label={label}
        aria-describedby={`${id}-hint`}
        value={draft.mine}
        rows={isOfManyLines ? 5 : 1}
        readOnly={draft.isSaving}
        onChange={(event) =>
          onType(isOfManyLines ? event.target.value : event.target.value.replace(/\n/g, ' '))
        }
        onKeyDown={onKeyDown}
        className="w-full resize-none rounded-md border border-line-strong bg-raised px-2 py-1 text-base [field-sizing:content]"
      />
      <p id={`${id}-hint`} className="text-xs text-ink-soft">
        {hint ?? words.hint}
      </p>
      {draft.theirs === null ? (
        <div className="flex flex-wrap gap-2">
          <Button kind="main" busy={draft.isSaving} onClick={() => onSave()}>
            {common.save}
          </Button>
          <Button onClick={onCancel}>{common.cancel}</Button>
          {asHeard != null && asHeard !== draft.mine && (
            <Button
              kind="quiet"
              title={conversation.transcript.heardAs(asHeard)}
              onClick={() => onType(asHeard)}
            >
              {words.asHeard}
            </Button>
          )}
        </div>
      ) : (
        <Notice
          tone="warning"
          title={words.both}
          actions={
            <>
              <Button kind="main" busy={draft.isSaving} onClick={() => onSave(draft.theirs ?? undefined)}>
                {words.keepMine}
              </Button>
              <Button onClick={onCancel}>{words.takeTheirs}</Button>
            </>
          }
        >
          <p>{words.theirs}</p>
          <p className="text-ink" lang={lang}>
            {draft.theirs}
          </p>
        </Notice>
      )}
      {draft.hasFailed && (
        <p role="alert" className="text-sm text-danger-text">
          {words.failed}
        </p>
      )}
    </div>
  );
}
