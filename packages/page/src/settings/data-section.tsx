import { problemOf } from '@afterword/client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useProblemText } from '../app/problems.tsx';
import { api, orThrow, send } from '../data/api.ts';
import { hasDeleted } from '../data/deleted.ts';
import { keyOfTab } from '../data/key-of-tab.ts';
import { toast } from '../data/toast.ts';
import { Button, buttonLook } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { useWords } from '../words/words.ts';
import { Section } from './section.tsx';

const EXPORT = '/api/v1/me/export';
const KEPT_MS = 60_000;

export function DataSection() {
  const words = useWords();
  const { data: own } = words.settings;
  const queries = useQueryClient();
  const problemText = useProblemText();
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);

  async function deleteAll(): Promise<void> {
    setBusy(true);
    try {
      orThrow(await api.DELETE('/api/v1/me'));
      hasDeleted.set(true);
      queries.clear();
      location.assign('/');
    } catch (error) {
      toast.error(problemText(error));
    } finally {
      setBusy(false);
      setOpen(false);
    }
  }

  return (
    <Section title={own.title}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-ink-soft">{own.exportText}</p>
        {keyOfTab() === null ? (
          <a href={EXPORT} download className={buttonLook('plain')}>
            {own.export}
          </a>
        ) : (
          <ExportByKey />
        )}
      </div>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 flex-1 text-sm text-ink-soft">{own.deleteText}</p>
        <Button kind="danger" onClick={() => setOpen(true)}>
          {own.delete}
        </Button>
      </div>
      <Confirm
        open={isOpen}
        onOpenChange={setOpen}
        title={own.delete}
        text={own.deleteText}
        action={own.delete}
        cancel={words.common.cancel}
        busy={isBusy}
        typed={{ word: own.deleteWord, label: own.deleteTyped }}
        onConfirm={() => void deleteAll()}
      />
    </Section>
  );
}

/** A link cannot carry a key, so the archive is read here and handed to the browser whole. */
function ExportByKey() {
  const { data: own } = useWords().settings;
  const problemText = useProblemText();
  const [isBusy, setBusy] = useState(false);
  async function run(): Promise<void> {
    setBusy(true);
    try {
      const response = await send(`${location.origin}${EXPORT}`);
      if (!response.ok) throw await problemOf(response);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await response.blob());
      link.download = 'afterword.tar';
      link.click();
      // Browsers take what it names only after the click.
      setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
    } catch (error) {
      toast.error(problemText(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Button onClick={() => void run()} busy={isBusy}>
      {isBusy ? own.exporting : own.export}
    </Button>
  );
}
