import type { Conversation } from '@afterword/client';
import { useQueryClient } from '@tanstack/react-query';
import { CornerDownRight, Pencil, Plus } from 'lucide-react';
import { type FormEvent, useSyncExternalStore } from 'react';
import { problemText } from '../app/problem-text.ts';
import { api, orThrow } from '../data/api.ts';
import { serverNow } from '../data/clock.ts';
import { deleteWithUndo, useHidden } from '../data/deleting.ts';
import { type DraftBook, dueKey, taskKey } from '../data/drafts.ts';
import { toast } from '../data/toast.ts';
import { remember, tell } from '../data/undo.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Checkbox, TextField } from '../parts/field.tsx';
import { useFormat } from '../words/format.ts';
import { presentWords, useWords } from '../words/words.ts';
import { type Reading, readingKey } from './reading.ts';
import { fromField, toField } from './rules/local-time.ts';

type Task = Conversation['actionItems'][number];

interface TaskChange {
  description?: string;
  done?: boolean;
  dueAtMs?: number | null;
}

/** What there is to do: ticked off, put off, changed, added, deleted. */
export function Tasks({
  conversation,
  drafts,
  onGo,
}: {
  conversation: Conversation;
  drafts: DraftBook;
  onGo: (segmentId: string) => void;
}) {
  const words = useWords().conversation.tasks;
  const { timeZone } = useFormat();
  const hidden = useHidden();
  const queries = useQueryClient();
  const open = useSyncExternalStore(drafts.subscribe, drafts.all);
  const shown = conversation.actionItems.filter(({ id }) => id === null || !hidden.has(`action-items/${id}`));
  const key = readingKey(conversation.id);
  const put = async (id: string, values: TaskChange) => {
    queries.setQueryData<Reading>(key, (present) => present && withTask(present, id, values));
    try {
      orThrow(await api.PATCH('/api/v1/action-items/{id}', { params: { path: { id } }, body: values }));
    } finally {
      await queries.invalidateQueries({ queryKey: key });
    }
  };
  const change = async (task: Task, values: TaskChange) => {
    const { id, description, done, dueAtMs } = task;
    if (id === null) return;
    await put(id, values);
    remember(words.changed(description), () => put(id, { description, done, dueAtMs }));
  };
  const remove = async (id: string) => {
    orThrow(await api.DELETE('/api/v1/action-items/{id}', { params: { path: { id } } }));
    await queries.invalidateQueries({ queryKey: key });
  };
  const add = async (description: string, dueAtMs: number | null) => {
    const body = { conversationId: conversation.id, description, dueAtMs };
    const { id } = orThrow(await api.POST('/api/v1/action-items', { body }));
    await queries.invalidateQueries({ queryKey: key });
    if (id !== null) tell(words.added(description), () => remove(id));
  };
  const end = (id: string | null) => {
    drafts.end(taskKey(id));
    drafts.end(dueKey(id));
  };
  /** What was typed stays until it is saved. */
  const save = async (id: string | null, saved: Promise<void>) => {
    drafts.change(taskKey(id), { isSaving: true });
    try {
      await saved;
      end(id);
    } catch (error) {
      drafts.change(taskKey(id), { isSaving: false });
      refused(error);
    }
  };
  const formOf = (task: Task | null) => {
    const id = task?.id ?? null;
    const [typed, typedDue] = [open.get(taskKey(id)), open.get(dueKey(id))];
    const description = task?.description ?? '';
    const due = task?.dueAtMs == null ? '' : toField(task.dueAtMs, timeZone);
    return (
      // After the page was loaded anew only what was changed is there.
      (typed ?? typedDue) && (
        <TaskForm
          description={typed?.mine ?? description}
          due={typedDue?.mine ?? due}
          isBusy={typed?.isSaving ?? false}
          onType={(mine) => drafts.type(taskKey(id), description, mine)}
          onTypeDue={(mine) => drafts.type(dueKey(id), due, mine)}
          onSave={(description, dueAtMs) =>
            void save(id, task ? change(task, { description, dueAtMs }) : add(description, dueAtMs))
          }
          onCancel={() => end(id)}
          {...(id !== null && {
            onDelete: () => {
              end(id);
              deleteWithUndo(`action-items/${id}`, { done: words.deleted, failed: words.failed });
            },
          })}
        />
      )
    );
  };
  const newForm = formOf(null);
  return (
    <section aria-labelledby="tasks-title">
      <div className="flex items-center justify-between">
        <h2 id="tasks-title" className="text-sm font-semibold">
          {words.title}
        </h2>
        <IconButton
          label={words.add}
          icon={<Plus size={16} aria-hidden />}
          onClick={() => drafts.begin(taskKey(null), '')}
        />
      </div>
      {shown.length === 0 && !newForm && <p className="text-sm text-ink-soft">{words.none}</p>}
      <ul>
        {shown.map((task) => (
          <li key={task.id ?? task.description}>
            {(task.id !== null && formOf(task)) || (
              <TaskLine
                task={task}
                onDone={(done) => void change(task, { done }).catch(refused)}
                onEdit={() => drafts.begin(taskKey(task.id), task.description)}
                onGo={onGo}
              />
            )}
          </li>
        ))}
      </ul>
      {newForm}
    </section>
  );
}

interface TaskLineProps {
  task: Task;
  onDone: (done: boolean) => void;
  onEdit: () => void;
  onGo: (segmentId: string) => void;
}

function TaskLine({ task, onDone, onEdit, onGo }: TaskLineProps) {
  const words = useWords().conversation.tasks;
  const format = useFormat();
  const { description, done, dueAtMs, dueText, segmentId, context } = task;
  const isOverdue = !done && dueAtMs !== null && dueAtMs < serverNow();
  const due =
    dueAtMs === null
      ? dueText
      : isOverdue
        ? words.overdue(format.dateTime(dueAtMs))
        : words.dueAt(format.dateTime(dueAtMs));
  return (
    <div className="flex items-start gap-1">
      <div className="min-w-0 flex-1">
        <Checkbox label={description} checked={done} disabled={task.id === null} onChange={onDone} />
        {(due || context) && (
          <p className={`pl-8 text-xs ${isOverdue ? 'text-danger-text' : 'text-ink-soft'}`}>
            {[due, context && words.context(context)].filter(Boolean).join(' · ')}
          </p>
        )}
      </div>
      {segmentId !== null && (
        <IconButton
          label={words.goTo(description)}
          icon={<CornerDownRight size={14} aria-hidden />}
          onClick={() => onGo(segmentId)}
        />
      )}
      <IconButton label={words.edit(description)} icon={<Pencil size={14} aria-hidden />} onClick={onEdit} />
    </div>
  );
}

interface TaskFormProps {
  description: string;
  /** As the field has it; empty: at no time. */
  due: string;
  isBusy: boolean;
  onType: (description: string) => void;
  onTypeDue: (due: string) => void;
  onSave: (description: string, dueAtMs: number | null) => void;
  onCancel: () => void;
  onDelete?: () => void;
}

function TaskForm(props: TaskFormProps) {
  const { description, due, isBusy, onType, onTypeDue, onSave, onCancel, onDelete } = props;
  const words = useWords();
  const { timeZone } = useFormat();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (description.trim() !== '') onSave(description.trim(), due === '' ? null : fromField(due, timeZone));
  };
  return (
    <form
      className="my-2 flex flex-col gap-3 rounded-lg border border-line p-3"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onCancel();
      }}
    >
      <TextField
        label={words.conversation.tasks.description}
        value={description}
        onChange={onType}
        maxLength={2000}
        autoFocus
      />
      <TextField
        label={words.conversation.tasks.due}
        type="datetime-local"
        value={due}
        onChange={onTypeDue}
      />
      <div className="flex flex-wrap gap-2">
        <Button kind="main" type="submit" busy={isBusy} disabled={description.trim() === ''}>
          {words.common.save}
        </Button>
        <Button onClick={onCancel}>{words.common.cancel}</Button>
        {onDelete && (
          <Button kind="quiet" className="text-danger-text!" onClick={onDelete}>
            {words.common.delete}
          </Button>
        )}
      </div>
    </form>
  );
}

function withTask({ conversation, etag }: Reading, id: string, values: TaskChange): Reading {
  const actionItems = conversation.actionItems.map((item) =>
    item.id === id ? { ...item, ...values } : item,
  );
  return { conversation: { ...conversation, actionItems }, etag };
}

/** Says that a change was not made, and why. */
function refused(error: unknown): void {
  toast.error(presentWords().conversation.tasks.failed, { description: problemText(error) });
}
