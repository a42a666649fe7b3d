/** One upload: where its time went, as a waterfall and in words. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useGradually } from '../app/gradually.ts';
import { Page } from '../app/page.tsx';
import { Problem } from '../app/problems.tsx';
import { api, orThrow } from '../data/api.ts';
import { serverNow } from '../data/clock.ts';
import { keys } from '../data/keys.ts';
import { buttonLook } from '../parts/button.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { stageName } from './names.ts';
import { mostOf, pathUntil } from './path.ts';
import type { Timing } from './rows.ts';
import { AsText, Path } from './text.tsx';
import { Waterfall } from './waterfall.tsx';

const timingQuery = (id: string) =>
  queryOptions({
    queryKey: keys.timing(id),
    queryFn: async ({ signal }) =>
      orThrow(
        await api.GET('/api/v1/uploads/{id}/timing', {
          params: { path: { id }, query: { bars: 'true' } },
          signal,
        }),
      ),
  });

export function UploadPage() {
  const { id } = useParams({ from: '/uploads/$id' });
  const { timing: words, common } = useWords();
  const { data, error, refetch } = useQuery(timingQuery(id));
  const isShown = useGradually(data !== undefined);
  const back = (
    <Link to="/uploads" className={buttonLook('quiet')}>
      {words.back}
    </Link>
  );
  return (
    <Page title={words.title} wide actions={back}>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!isShown && !error && <Loading label={common.loading} rows={6} />}
      {data && isShown && <TimingOf timing={data} />}
    </Page>
  );
}

function TimingOf({ timing }: { timing: Timing }) {
  const { timing: words } = useWords();
  const format = useFormat();
  const nowMs = useNow(timing.status === 'processing');
  const bars = useMemo(() => timing.bars ?? [], [timing.bars]);
  const isUnderWay = timing.status === 'processing';
  const totalMs = isUnderWay ? Math.max(timing.totalMs, nowMs - timing.acceptedAtMs) : timing.totalMs;
  const path = pathUntil(timing.path, timing.acceptedAtMs + totalMs);
  const most = mostOf(path, totalMs);
  return (
    <div className="flex flex-col gap-6">
      <p>
        {isUnderWay
          ? words.summaryUnderWay(format.duration(totalMs))
          : words.summary(format.duration(totalMs))}{' '}
        {most && words.mostly(stageName(words, most.stage), format.duration(most.ms))}
      </p>
      <Path path={path} totalMs={totalMs} />
      {bars.length === 0 ? (
        <Notice>{words.nothing}</Notice>
      ) : (
        <Waterfall bars={bars} nowMs={isUnderWay ? nowMs : timing.acceptedAtMs + timing.totalMs} />
      )}
      {timing.callsLeftOut > 0 && (
        <p className="text-sm text-ink-soft">{words.leftOut(timing.callsLeftOut)}</p>
      )}
      <AsText timing={timing} bars={bars} />
    </div>
  );
}

/** The bars of what is under way grow; nothing is asked of the server for that. */
function useNow(isOn: boolean): number {
  const [nowMs, setNow] = useState(() => serverNow());
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => setNow(serverNow()), 1_000);
    return () => clearInterval(timer);
  }, [isOn]);
  return nowMs;
}
