import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { announce } from '../app/announcer.tsx';
import { Problem } from '../app/problems.tsx';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { Button } from '../parts/button.tsx';
import { FileName } from '../parts/file-name.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { useDismiss } from './dismissing.tsx';
import { isTimeTyped, SetTime } from './set-time.tsx';
import { Strip } from './stage-strip.tsx';
import { deedsOf, type FileOfUpload, type Upload } from './strip.ts';
import { useWhat } from './what.ts';

/** One file's way, what it waits for, and what can be done about it. */
export function FileRow({ file, upload }: { file: FileOfUpload; upload: Upload }) {
  const { uploads: words } = useWords();
  const format = useFormat();
  const queries = useQueryClient();
  const [isSetting, setSetting] = useState(() => isTimeTyped(file.recordingId));
  const what = useWhat();
  const dismissIt = useDismiss();
  const retry = useMutation({
    mutationFn: async () =>
      orThrow(
        await api.POST('/api/v1/recordings/{id}/retry', { params: { path: { id: file.recordingId } } }),
      ),
    onSuccess: async () => {
      announce(words.deeds.retried);
      await queries.invalidateQueries({ queryKey: keys.upload(upload.id) });
    },
  });
  const { said, remedy, detail } = what(file, upload);
  const deeds = deedsOf(file);
  const needsPerson = file.outcome === 'rejected' || file.outcome === 'failed';
  return (
    <li className="py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <p className="min-w-0 text-sm font-medium">
          <FileName name={file.name} />
        </p>
        <p className="text-xs text-ink-soft tabular-nums">
          {file.startedAtMs === null
            ? format.bytes(file.sizeBytes)
            : `${format.dateTime(file.startedAtMs)} · ${format.bytes(file.sizeBytes)}`}
        </p>
      </div>
      <Strip file={file} upload={upload} />
      <p className={`text-sm ${needsPerson ? 'text-danger-text' : 'text-ink-soft'}`}>{said.join(' ')}</p>
      {remedy && <p className="text-sm">{remedy}</p>}
      {detail && (
        <p lang="en" className="text-xs text-ink-soft break-words">
          {detail}
        </p>
      )}
      {file.conversationIds[0] !== undefined && upload.conversationIds.length > 1 && (
        <Link
          to="/c/$id"
          params={{ id: file.conversationIds[0] }}
          className="inline-flex min-h-6 touch:min-h-11 items-center text-sm text-accent-text underline"
        >
          {words.conversations(1)}
        </Link>
      )}
      {retry.error && <Problem error={retry.error} />}
      {(deeds.length > 0 || file.outcome === 'rejected') && (
        <div className="mt-1 flex flex-wrap gap-2">
          {deeds.includes('retry') && (
            <Button busy={retry.isPending} onClick={() => retry.mutate()}>
              {words.deeds.retry}
            </Button>
          )}
          {deeds.includes('set-time') && (
            <Button onClick={() => setSetting(true)}>
              {file.startedAtMs === null ? words.deeds.setTime : words.deeds.changeTime}
            </Button>
          )}
          {file.outcome === 'rejected' && (
            <Button kind="quiet" onClick={() => dismissIt([{ id: upload.id, files: [file] }])}>
              {words.deeds.dismiss}
            </Button>
          )}
        </div>
      )}
      {isSetting && <SetTime file={file} uploadId={upload.id} onClose={() => setSetting(false)} />}
    </li>
  );
}
