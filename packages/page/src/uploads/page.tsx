/** What is being sent, and every upload by day with what became of its files. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { FolderUp, Upload } from 'lucide-react';
import { type ChangeEvent, useEffect, useRef, useSyncExternalStore } from 'react';
import { useGradually } from '../app/gradually.ts';
import { useKeys } from '../app/keys.ts';
import { Page } from '../app/page.tsx';
import { useCommands } from '../app/palette-state.ts';
import { Problem } from '../app/problems.tsx';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { useUploadsSeen } from '../data/uploads-now.ts';
import { Button } from '../parts/button.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loading } from '../parts/loading.tsx';
import { later } from '../parts/on-demand.tsx';
import { byDay } from '../words/days.ts';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { isGone } from './dismissed.ts';
import { DismissAll, useDismissed } from './dismissing.tsx';
import { chosenFiles } from './dropped.ts';
import { libraryOfLarge, sendAll, sendings } from './sender.ts';
import { SendingList } from './sending-list.tsx';
import { UploadRow } from './upload-row.tsx';

export function UploadsPage() {
  const { uploads: words } = useWords();
  useUploadsSeen();
  useEffect(() => later(() => void libraryOfLarge().catch(() => {})), []);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const choose = () => files.current?.click();
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = chosenFiles(event.target.files);
    event.target.value = '';
    if (chosen.length > 0) void sendAll(chosen);
  };
  useKeys(words.keys.title, [
    { keys: 'u', label: words.keys.choose, run: choose },
    { keys: 'j', label: words.keys.next, run: () => step(1) },
    { keys: 'k', label: words.keys.previous, run: () => step(-1) },
  ]);
  useCommands([{ id: 'choose', label: words.keys.choose, keys: 'u', run: choose }]);
  return (
    <Page
      title={words.title}
      actions={
        <>
          <Button kind="main" onClick={choose}>
            <Upload size={16} aria-hidden />
            {words.choose}
          </Button>
          <Button onClick={() => folder.current?.click()}>
            <FolderUp size={16} aria-hidden />
            {words.chooseFolder}
          </Button>
          <input ref={files} type="file" multiple hidden aria-label={words.choose} onChange={take} />
          <input
            ref={folder}
            type="file"
            multiple
            hidden
            aria-label={words.chooseFolder}
            onChange={take}
            {...{ webkitdirectory: '' }}
          />
        </>
      }
    >
      <div className="flex flex-col gap-6">
        <SendingList onChoose={choose} />
        <History />
      </div>
    </Page>
  );
}

/** Moves among the uploads; their buttons have the focus. */
function step(by: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>('[data-upload]')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.focus();
}

function History() {
  const { uploads: words, common } = useWords();
  const isSending = useSyncExternalStore(sendings.subscribe, sendings.get).length > 0;
  const format = useFormat();
  const history = useInfiniteQuery({
    queryKey: keys.uploads(),
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) =>
      orThrow(
        await api.GET('/api/v1/uploads', {
          params: { query: { limit: 30, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const hidden = useDismissed();
  const isShown = useGradually(history.data !== undefined);
  if (history.error) return <Problem error={history.error} onRetry={() => void history.refetch()} />;
  if (!history.data || !isShown) return <Loading label={common.loading} />;
  const all = history.data.pages.flatMap(({ uploads }) => uploads);
  const shown = all.filter((upload) => !isGone(hidden, upload));
  // What is being sent stands above.
  if (all.length === 0 && isSending) return null;
  if (all.length === 0)
    return <Empty icon={<Upload size={32} aria-hidden />} title={words.emptyTitle} text={words.emptyText} />;
  return (
    <>
      <DismissAll uploads={all} />
      {byDay(shown, ({ acceptedAtMs }) => acceptedAtMs, format.dayKey).map(({ day, atMs, items }) => (
        <section key={day} aria-label={format.day(atMs)}>
          <h2 className="sticky top-0 z-10 bg-ground py-2 text-sm font-medium text-ink-soft">
            {format.day(atMs)}
          </h2>
          <ul className="flex flex-col gap-2">
            {items.map((upload) => (
              <UploadRow key={upload.id} upload={upload} />
            ))}
          </ul>
        </section>
      ))}
      {history.hasNextPage && (
        <Button busy={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </>
  );
}
