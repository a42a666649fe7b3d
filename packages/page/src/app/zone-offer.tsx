import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { useMe } from '../data/queries.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { ZONE_HERE } from '../words/here.ts';
import { keptText } from '../words/store.ts';
import { useWords } from '../words/words.ts';
import { Problem } from './problems.tsx';

/** The zone for which somebody has declined the offer in this browser. */
const declinedZone = keptText('afterword.zone-declined');

/** Offers their own zone to somebody whose clock on the wall shows another time than the page: times that are wrong by hours confuse. */
export function ZoneOffer() {
  const { zoneOffer: words } = useWords();
  const { data: me } = useMe();
  const queries = useQueryClient();
  const here = ZONE_HERE;
  const [declined, setDeclined] = useState(declinedZone.get);
  const take = useMutation({
    mutationFn: async () => orThrow(await api.PATCH('/api/v1/me', { body: { timeZone: here } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.me }),
  });
  if (!me || declined === here) return null;
  return (
    <div className="mx-auto w-full max-w-4xl px-4 pt-4 sm:px-8">
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
    </div>
  );
}
