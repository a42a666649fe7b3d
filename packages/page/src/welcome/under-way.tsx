import type { components } from '@afterword/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { LoaderCircle } from 'lucide-react';
import { uploadQuery } from '../data/queries.ts';
import { latestUploadsQuery } from '../data/uploads-now.ts';
import { buttonLook } from '../parts/button.tsx';
import { Empty } from '../parts/empty.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';

type Listed = components['schemas']['UploadPage']['uploads'][number];

/** @returns the uploads that are worked on now; undefined until that is known */
export function useUnderWay(): Listed[] | undefined {
  const { data, isPending } = useQuery(latestUploadsQuery);
  return isPending ? undefined : (data ?? []).filter(({ status }) => status === 'processing');
}

/** What somebody sees whose first recordings are worked on: what happens, when it is done, and where to watch it. */
export function UnderWay({ latest, files }: { latest: Listed; files: number }) {
  const { welcome: words } = useWords();
  const format = useFormat();
  const { data: upload } = useQuery(uploadQuery(latest.id));
  const doneAtMs = upload?.expected?.doneAtMs ?? null;
  const unknown = upload?.expected?.unknown ?? null;
  return (
    <Empty
      icon={<LoaderCircle size={40} aria-hidden className="motion-safe:animate-spin" />}
      title={words.underWay(files)}
      text={
        <>
          <p>{words.appears}</p>
          {unknown === 'no_worker' ? (
            <p className="mt-3">{words.noWorker}</p>
          ) : (
            doneAtMs !== null && <p className="mt-3">{words.expected(format.soon(doneAtMs))}</p>
          )}
        </>
      }
      actions={
        <>
          <Link to="/uploads" className={buttonLook('plain')}>
            {words.watch}
          </Link>
          <Link to="/uploads/$id" params={{ id: latest.id }} className={buttonLook('quiet')}>
            {words.timing}
          </Link>
        </>
      }
    />
  );
}
