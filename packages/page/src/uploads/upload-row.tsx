import type { components } from '@afterword/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { announce } from '../app/announcer.tsx';
import { Problem } from '../app/problems.tsx';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { uploadQuery } from '../data/queries.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Loading } from '../parts/loading.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { countDismissed, isDismissed, isGone } from './dismissed.ts';
import { useDismissed } from './dismissing.tsx';
import { FileRow } from './file-row.tsx';
import { inOrderOfNeed, type Upload } from './strip.ts';

type Listed = components['schemas']['UploadPage']['uploads'][number];

/** Of a folder of hundreds, those that need somebody stand first. */
const FILES_SHOWN = 20;

/** One upload: its sum, and on request its files. What is under way or needs somebody is open at first. */
export function UploadRow({ upload }: { upload: Listed }) {
  const { uploads: words } = useWords();
  const format = useFormat();
  const { id, counts, firstName, status, acceptedAtMs, sizeBytes, durationMs, tookMs } = upload;
  const hidden = useDismissed();
  // Which of its refused files are dismissed only its files tell.
  const { data: whole } = useQuery({ ...uploadQuery(id), enabled: countDismissed(hidden, id) > 0 });
  const isHidden = isGone(hidden, upload);
  const dismissedHere = whole?.files.filter((file) => isDismissed(hidden, id, file)).length ?? 0;
  const needs = counts.refused + counts.failed - dismissedHere;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isOpen = chosen ?? (status === 'processing' || needs > 0);
  const name =
    firstName === null
      ? words.nothingLeft
      : counts.files > 1
        ? words.andMore(firstName, counts.files - 1)
        : firstName;
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const figures = [
    format.time(acceptedAtMs),
    format.bytes(sizeBytes),
    durationMs > 0 ? words.ofSound(format.duration(durationMs)) : null,
    // What was refused at once took no time that anybody wants to know.
    tookMs === null || counts.heard === 0 ? null : words.took(format.duration(tookMs)),
    counts.pending > 0 ? words.counts.pending(counts.pending) : null,
    counts.heard > 0 ? words.counts.heard(counts.heard) : null,
    counts.deleted > 0 ? words.counts.deleted(counts.deleted) : null,
  ].filter((part) => part !== null);
  if (isHidden) return null;
  return (
    <li className="rounded-lg border border-line bg-raised">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
        <button
          type="button"
          data-upload={id}
          aria-expanded={isOpen}
          className="flex min-w-0 flex-1 basis-56 items-start gap-2 text-left"
          onClick={() => setChosen(!isOpen)}
        >
          <Chevron size={16} className="mt-1 shrink-0" aria-hidden />
          <span className="min-w-0">
            <span className="block truncate font-medium">{name}</span>
            <span className="block text-sm text-ink-soft">{figures.join(' · ')}</span>
            {needs > 0 && <span className="block text-sm text-danger-text">{words.status.needs(needs)}</span>}
          </span>
        </button>
        <span className={`text-sm ${status === 'done' ? 'text-good-text' : 'text-accent-text'}`}>
          {words.status[status]}
        </span>
        <Link
          to="/uploads/$id"
          params={{ id }}
          className="inline-flex min-h-6 touch:min-h-11 items-center text-sm text-accent-text underline"
        >
          {words.timing}
        </Link>
      </div>
      {isOpen && <Files id={id} />}
    </li>
  );
}

function Files({ id }: { id: string }) {
  const { common } = useWords();
  const { data, error, refetch } = useQuery(uploadQuery(id));
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  return (
    <div className="border-t border-line px-4 pb-3">
      {data ? <FilesOf upload={data} /> : <Loading label={common.loading} rows={1} />}
    </div>
  );
}

/** The order in which somebody has begun to read: a row that they have just mended stays where it is. */
function useKeptOrder(files: Upload['files']): Upload['files'] {
  const [first] = useState(() => inOrderOfNeed(files).map(({ recordingId }) => recordingId));
  const placeOf = ({ recordingId }: Upload['files'][number]) => {
    const place = first.indexOf(recordingId);
    return place < 0 ? first.length : place;
  };
  return files.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function FilesOf({ upload }: { upload: Upload }) {
  const { uploads: words, common } = useWords();
  const [isAll, setAll] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: async () =>
      orThrow(await api.POST('/api/v1/uploads/{id}/cancel', { params: { path: { id: upload.id } } })),
    onSuccess: (cancelled) => {
      queries.setQueryData(keys.upload(upload.id), cancelled);
      announce(words.deeds.cancelled);
    },
    onSettled: () => setAsking(false),
  });
  const hidden = useDismissed();
  const files = useKeptOrder(upload.files).filter((file) => !isDismissed(hidden, upload.id, file));
  const shown = isAll ? files : files.slice(0, FILES_SHOWN);
  const [conversation] = upload.conversationIds;
  return (
    <>
      <ul className="divide-y divide-line">
        {shown.map((file) => (
          <FileRow key={file.recordingId + file.name} file={file} upload={upload} />
        ))}
      </ul>
      {cancel.error && <Problem error={cancel.error} />}
      <div className="mt-2 flex flex-wrap gap-2">
        {files.length > shown.length && (
          <Button onClick={() => setAll(true)}>{words.showAllFiles(files.length)}</Button>
        )}
        {conversation && (
          <Link
            to="/c/$id"
            params={{ id: conversation }}
            className="inline-flex min-h-9 touch:min-h-11 items-center px-1 text-sm text-accent-text underline"
          >
            {words.conversations(upload.conversationIds.length)}
          </Link>
        )}
        {upload.counts.pending > 0 && (
          <Button kind="quiet" onClick={() => setAsking(true)}>
            {words.deeds.cancel}
          </Button>
        )}
      </div>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={words.deeds.cancelTitle}
        text={words.deeds.cancelText}
        action={words.deeds.cancel}
        cancel={common.back}
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate()}
      />
    </>
  );
}
