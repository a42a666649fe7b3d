/** How the server does, for somebody at 2 a.m.: the worst first, in a sentence, and what can be done about it at once. */
import { CircleCheck } from 'lucide-react';
import { useGradually } from '../app/gradually.ts';
import { Page } from '../app/page.tsx';
import { Problem } from '../app/problems.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { Deliveries, Storage } from './deliveries.tsx';
import { Lanes, Providers, Stages } from './figures.tsx';
import { Letters } from './letters.tsx';
import { Troubles } from './troubles.tsx';
import { useOperation } from './watch.ts';
import { Workers } from './workers.tsx';

export function OperationPage() {
  const { operation: words, common } = useWords();
  const format = useFormat();
  const { picture, refusal, isStale } = useOperation();
  const isShown = useGradually(picture !== null);
  if (refusal)
    return (
      <Page title={words.title}>
        {refusal.code === 'scope_missing' ? (
          <Empty title={words.forAdmins} text={words.forAdminsText} />
        ) : (
          <Problem error={refusal} />
        )}
      </Page>
    );
  if (!picture || !isShown)
    return (
      <Page title={words.title} wide>
        <Loading label={common.loading} rows={4} />
      </Page>
    );
  return (
    <Page
      title={words.title}
      wide
      actions={<p className="text-sm text-ink-soft">{words.asOf(format.timeWithSeconds(picture.atMs))}</p>}
    >
      <div className="flex flex-col gap-8">
        {isStale && <Notice tone="warning">{words.stale(format.timeWithSeconds(picture.atMs))}</Notice>}
        {picture.troubles.length === 0 ? (
          <Notice tone="good" title={words.well}>
            <span className="flex items-center gap-2">
              <CircleCheck size={16} className="shrink-0" aria-hidden />
              {words.wellText}
            </span>
          </Notice>
        ) : (
          <Troubles {...picture} />
        )}
        <Letters kinds={picture.deadLetters.kinds} />
        <Lanes lanes={picture.lanes} />
        <Workers workers={picture.workers} atMs={picture.atMs} />
        <Providers providers={picture.providers} />
        <Stages stages={picture.stages} />
        <div className="grid grid-cols-1 gap-8 lg:grid-cols-2">
          <Storage storage={picture.storage} />
          <Deliveries webhooks={picture.webhooks} push={picture.push} />
        </div>
      </div>
    </Page>
  );
}
