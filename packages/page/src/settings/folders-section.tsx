import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { foldersQuery } from '../data/queries.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { TextField } from '../parts/field.tsx';
import { useWords } from '../words/words.ts';
import { useChange } from './queries.ts';
import { Row, Rows, Section } from './section.tsx';

export function FoldersSection() {
  const words = useWords();
  const { folders: own } = words.settings;
  const { data: folders } = useQuery(foldersQuery);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [removed, setRemoved] = useState<string | null>(null);
  const stale = [keys.folders, keys.me, ['conversations'], ['conversation']];
  const add = useChange(
    async (body: { name: string; description: string }) =>
      orThrow(await api.POST('/api/v1/folders', { body: body as never })),
    stale,
  );
  const remove = useChange(
    async (id: string) => orThrow(await api.DELETE('/api/v1/folders/{id}', { params: { path: { id } } })),
    stale,
  );

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (name.trim() === '') return;
    await add.mutateAsync({ name: name.trim(), description: description.trim() });
    setName('');
    setDescription('');
  }

  return (
    <Section title={own.title} text={own.text}>
      {folders?.length === 0 && <p className="text-sm text-ink-soft">{own.none}</p>}
      <Rows>
        {folders?.map((folder) => (
          <Row
            key={folder.id}
            title={folder.name}
            about={[folder.description, words.common.conversations(folder.conversationCount)]
              .filter(Boolean)
              .join(' · ')}
            actions={
              <Button kind="quiet" onClick={() => setRemoved(folder.id)}>
                {own.remove}
              </Button>
            }
          />
        ))}
      </Rows>
      <form
        onSubmit={(event) => void submit(event).catch(() => {})}
        className="grid items-end gap-4 sm:grid-cols-[1fr_2fr_auto]"
      >
        <TextField label={own.name} value={name} onChange={setName} maxLength={50} />
        <TextField label={own.description} value={description} onChange={setDescription} maxLength={500} />
        <Button type="submit" busy={add.isPending}>
          {own.add}
        </Button>
      </form>
      <Confirm
        open={removed !== null}
        onOpenChange={(open) => !open && setRemoved(null)}
        title={folders?.find(({ id }) => id === removed)?.name ?? own.remove}
        text={own.removeText}
        action={own.remove}
        cancel={words.common.cancel}
        onConfirm={() => {
          if (removed) remove.mutate(removed);
          setRemoved(null);
        }}
      />
    </Section>
  );
}
