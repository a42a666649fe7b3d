import { useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { announce } from '../app/announcer.tsx';
import { api, orThrow } from '../data/api.ts';
import { type FolderWithCount as Folder, useFolders } from '../data/folders.ts';
import { keys } from '../data/keys.ts';
import { foldersQuery } from '../data/queries.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { TextField } from '../parts/field.tsx';
import { useWords } from '../words/words.ts';
import { moved } from './moved.ts';
import { useChange } from './queries.ts';
import { Read, Row, Rows, Section } from './section.tsx';
import { useFieldsTyped, useTyped } from './use-typed.ts';

type About = { name: string; description: string };
type Move = { folder: Folder; by: 1 | -1 };

const STALE = [keys.folders, keys.me, ['conversation-list'], ['conversation']];

export function FoldersSection() {
  const words = useWords();
  const { folders: own } = words.settings;
  const { query, folders } = useFolders();
  const [removed, setRemoved] = useState<Folder | null>(null);
  const [chosen, setChosen] = useState<Folder | null>(null);
  const typed = useFieldsTyped();
  // A sign-in that ends takes the question off the page, and what was typed into it stays.
  const renamed = chosen ?? folders.find(({ id }) => fieldsOf(id).some((field) => typed.has(field))) ?? null;
  const queries = useQueryClient();
  const move = useChange(
    async ({ folder, by }: Move) => {
      const before = queries.getQueryData(foldersQuery.queryKey) ?? [];
      const ids = moved(
        before.map(({ id }) => id),
        folder.id,
        by,
      );
      orThrow(await api.PUT('/api/v1/folders/order', { body: { ids } }));
      announce(own.movedTo(folder.name, ids.indexOf(folder.id) + 1));
    },
    STALE,
    'order of folders',
  );
  const remove = useChange(
    async (id: string) => orThrow(await api.DELETE('/api/v1/folders/{id}', { params: { path: { id } } })),
    STALE,
  );
  return (
    <Section title={own.title} text={own.text}>
      <Read query={query} none={own.none}>
        <Rows>
          {folders.map((folder, at) => (
            <Row
              key={folder.id}
              title={folder.name}
              about={[folder.description, words.common.conversations(folder.conversationCount)]
                .filter(Boolean)
                .join(' · ')}
              actions={
                <>
                  <IconButton
                    label={own.up(folder.name)}
                    icon={<ArrowUp size={16} aria-hidden />}
                    aria-disabled={at === 0}
                    onClick={() => at > 0 && move.mutate({ folder, by: -1 })}
                  />
                  <IconButton
                    label={own.down(folder.name)}
                    icon={<ArrowDown size={16} aria-hidden />}
                    aria-disabled={at === folders.length - 1}
                    onClick={() => at < folders.length - 1 && move.mutate({ folder, by: 1 })}
                  />
                  <Button
                    kind="quiet"
                    aria-label={own.changeOne(folder.name)}
                    onClick={() => setChosen(folder)}
                  >
                    {own.change}
                  </Button>
                  <Button
                    kind="quiet"
                    aria-label={own.removeOne(folder.name)}
                    onClick={() => setRemoved(folder)}
                  >
                    {own.remove}
                  </Button>
                </>
              }
            />
          ))}
        </Rows>
      </Read>
      <NewFolder />
      {renamed && <ChangeFolder folder={renamed} onClose={() => setChosen(null)} />}
      <Confirm
        open={removed !== null}
        onOpenChange={(open) => !open && setRemoved(null)}
        title={own.removeTitle(removed?.name ?? '')}
        text={own.removeText}
        action={own.remove}
        cancel={words.common.cancel}
        onConfirm={() => {
          if (removed) remove.mutate(removed.id);
          setRemoved(null);
        }}
      />
    </Section>
  );
}

function NewFolder() {
  const { folders: own } = useWords().settings;
  const [name, typeName, forgetName] = useTyped('folder');
  const [description, typeDescription, forgetDescription] = useTyped('about folder');
  const about = { name, description };
  const type = (to: About) => {
    typeName(to.name);
    typeDescription(to.description);
  };
  const add = useChange(
    async (body: About) => orThrow(await api.POST('/api/v1/folders', { body: body as never })),
    STALE,
  );
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (about.name.trim() === '') return;
    await add.mutateAsync(trimmed(about));
    forgetName();
    forgetDescription();
  }
  return (
    <form
      onSubmit={(event) => void submit(event).catch(() => {})}
      className="grid items-end gap-4 sm:grid-cols-[1fr_2fr_auto]"
    >
      <Fields about={about} onChange={type} />
      <Button type="submit" busy={add.isPending}>
        {own.add}
      </Button>
    </form>
  );
}

/** The names under which what is typed about a folder is kept: of its name, and of its description. */
const fieldsOf = (id: string) => [`folder ${id}`, `about folder ${id}`] as const;

function ChangeFolder({ folder, onClose }: { folder: Folder; onClose: () => void }) {
  const words = useWords();
  const { folders: own } = words.settings;
  const [nameField, descriptionField] = fieldsOf(folder.id);
  const [name, typeName, forgetName] = useTyped(nameField, folder.name);
  const [description, typeDescription, forgetDescription] = useTyped(descriptionField, folder.description);
  const about = { name, description };
  const type = (to: About) => {
    if (to.name !== name) typeName(to.name);
    if (to.description !== description) typeDescription(to.description);
  };
  const close = () => {
    forgetName();
    forgetDescription();
    onClose();
  };
  const change = useChange(
    async (body: About) =>
      orThrow(await api.PATCH('/api/v1/folders/{id}', { params: { path: { id: folder.id } }, body })),
    STALE,
  );
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (about.name.trim() === '') return;
    await change.mutateAsync(trimmed(about));
    close();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={own.changeOne(folder.name)}
      closeLabel={words.common.close}
    >
      <form onSubmit={(event) => void submit(event).catch(() => {})} className="flex flex-col gap-4">
        <Fields about={about} onChange={type} />
        <div className="flex justify-end gap-2">
          <Button onClick={close}>{words.common.cancel}</Button>
          <Button kind="main" type="submit" busy={change.isPending} disabled={about.name.trim() === ''}>
            {words.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Fields({ about, onChange }: { about: About; onChange: (about: About) => void }) {
  const { folders: own } = useWords().settings;
  return (
    <>
      <TextField
        label={own.name}
        value={about.name}
        onChange={(name) => onChange({ ...about, name })}
        maxLength={50}
      />
      <TextField
        label={own.description}
        value={about.description}
        onChange={(description) => onChange({ ...about, description })}
        maxLength={500}
      />
    </>
  );
}

function trimmed({ name, description }: About): About {
  return { name: name.trim(), description: description.trim() };
}
