import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useSyncExternalStore } from 'react';
import { Problem } from '../app/problems.tsx';
import { api, orThrow } from '../data/api.ts';
import { draftsOf } from '../data/drafts.ts';
import { keys } from '../data/keys.ts';
import { toast } from '../data/toast.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { TextField } from '../parts/field.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { fromLocal, toLocal } from '../words/zoned.ts';
import type { FileOfUpload } from './strip.ts';

/** Beside the ids of conversations, whose drafts are kept by the same means. */
const UPLOADS = 'uploads';

/** A sign-in that ends takes the question off the page; what was typed into it is asked for again. */
export function isTimeTyped(recordingId: string): boolean {
  return draftsOf(UPLOADS).of(recordingId) !== undefined;
}

/** Asks when a recording was really made. */
export function SetTime({
  file,
  uploadId,
  onClose,
}: {
  file: FileOfUpload;
  uploadId: string;
  onClose: () => void;
}) {
  const { uploads, common } = useWords();
  const words = uploads.time;
  const { timeZone } = useFormat();
  const queries = useQueryClient();
  const drafts = draftsOf(UPLOADS);
  const typed = useSyncExternalStore(drafts.subscribe, drafts.all).get(file.recordingId);
  const before = toLocal(file.startedAtMs ?? file.acceptedAtMs, timeZone);
  const text = typed?.mine ?? before;
  const type = (mine: string) => drafts.type(file.recordingId, before, mine);
  const close = () => {
    drafts.end(file.recordingId);
    onClose();
  };
  const startedAtMs = fromLocal(text, timeZone);
  const set = useMutation({
    mutationFn: async (ms: number) =>
      orThrow(
        await api.PATCH('/api/v1/recordings/{id}', {
          params: { path: { id: file.recordingId } },
          body: { startedAtMs: ms },
        }),
      ),
    onSuccess: async () => {
      toast.success(uploads.deeds.timeSet);
      await Promise.all([
        queries.invalidateQueries({ queryKey: keys.upload(uploadId) }),
        queries.invalidateQueries({ queryKey: keys.uploads() }),
      ]);
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (startedAtMs !== null) set.mutate(startedAtMs);
  };
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => isOpen || close()}
      title={words.title}
      description={words.about(file.name, file.outcome === 'rejected')}
      closeLabel={common.close}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          type="datetime-local"
          step={1}
          label={words.label}
          hint={words.zone(timeZone)}
          value={text}
          onChange={type}
          error={startedAtMs === null ? words.invalid : null}
        />
        {set.error && <Problem error={set.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>{common.cancel}</Button>
          <Button kind="main" type="submit" busy={set.isPending} disabled={startedAtMs === null}>
            {words.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
