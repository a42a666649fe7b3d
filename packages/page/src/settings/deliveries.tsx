import { useQuery } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { deliveriesQuery, useChange } from './queries.ts';
import { Read } from './section.tsx';
import { whyNotDelivered } from './why-not-delivered.ts';

/** The latest deliveries of a webhook: what became of each, and why. */
export function Deliveries({ webhookId }: { webhookId: string }) {
  const words = useWords();
  const { webhooks: own } = words.settings;
  const format = useFormat();
  const query = useQuery(deliveriesQuery(webhookId));
  const { data } = query;
  const replay = useChange(
    async (deliveryId: string) =>
      orThrow(
        await api.POST('/api/v1/webhooks/{id}/deliveries/{deliveryId}/replay', {
          params: { path: { id: webhookId, deliveryId } },
        }),
      ),
    [keys.deliveries(webhookId)],
  );
  if (!data) return <Read query={query}>{null}</Read>;
  const again = (
    <Button kind="quiet" busy={query.isFetching} onClick={() => void query.refetch()}>
      <RotateCw size={16} aria-hidden />
      {own.readAgain}
    </Button>
  );
  if (data.length === 0)
    return (
      <p className="flex items-center justify-between py-2 text-sm text-ink-soft">
        {own.noDeliveries}
        {again}
      </p>
    );
  return (
    <>
      <div className="flex justify-end">{again}</div>
      <ul className="mb-2 divide-y divide-line rounded-lg bg-sunken px-3 text-sm">
        {data.map(({ id, type, number, status, code, createdAtMs, attempts }) => {
          const answered = attempts.at(-1)?.status ?? null;
          const why = code === null ? null : whyNotDelivered(words, code, answered);
          return (
            <li key={id} className="flex items-center justify-between gap-3 py-2">
              <div className="min-w-0">
                <p>
                  {number === null ? own.test_ : type} ·{' '}
                  <span className="font-medium">{own.status[status]}</span>
                  {why === null && answered !== null && ` · ${words.deliveries.answered(answered)}`}
                </p>
                {why && <p>{[`${why.what}.`, why.remedy].filter(Boolean).join(' ')}</p>}
                <p className="text-ink-soft">
                  {[
                    format.dateTime(createdAtMs),
                    ...(attempts.length > 0 ? [own.attempts(attempts.length)] : []),
                  ].join(' · ')}
                </p>
              </div>
              {status !== 'waiting' && (
                <IconButton
                  label={own.replay}
                  icon={<RotateCw size={16} aria-hidden />}
                  onClick={() => replay.mutate(id)}
                />
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
