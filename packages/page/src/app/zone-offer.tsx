import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { useMe } from '../data/queries.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { keptText } from '../words/store.ts';
import { useWords } from '../words/words.ts';
import { Problem } from './problems.tsx';

/** The zone for which somebody has declined the offer in this browser. */
const declinedZone = keptText('afterword.zone-declined');

/** Whoever has another clock on the wall than the page shows is offered theirs; times that are wrong by hours confuse. */
export function ZoneOffer() {
  const { zoneOffer: words } = useWords();
  const { data: me } = useMe();
  const queries = useQueryClient();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [declined, setDeclined] = useState(declinedZone.get);
  const take = useMutation({
    mutationFn: async () => orThrow(await api.PATCH('/api/v1/me', { body: { timeZone: here } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.me }),
  });
  if (!me || declined === here || clock(me.timeZone) === clock(here)) return null;
  return (
    <Notice
      title={words.title(me.timeZone, here)}
      actions={
        <>
          <Button kind="main" busy={take.isPending} onClick={() => take.mutate()}>
            {words.take(here)}
          </Button>
          <Button
            onClick={() => {
              declinedZone.set(here);
              setDeclined(here);
            }}
          >
            {words.leave(me.timeZone)}
          </Button>
        </>
      }
    >
      {take.error && <Problem error={take.error} />}
    </Notice>
  );
}

/** What the clock shows there now: zones with the same one need no other. */
function clock(timeZone: string): string {
  return new Date().toLocaleString('en', { timeZone, timeStyle: 'short', dateStyle: 'short' });
}
