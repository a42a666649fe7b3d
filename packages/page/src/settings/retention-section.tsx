import { useState } from 'react';
import { serverNow } from '../data/clock.ts';
import { keys } from '../data/keys.ts';
import { toast } from '../data/toast.ts';
import { Confirm } from '../parts/dialog.tsx';
import { Select } from '../parts/field.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { changeMe, type Me } from './me.ts';
import { useChange } from './queries.ts';
import { isShorter } from './retention.ts';
import { Section } from './section.tsx';

const DAYS = [7, 30, 90, 365];
const KEPT = 'kept';
const DAY_MS = 86_400_000;

type Which = 'retentionDays' | 'audioRetentionDays';

export function RetentionSection({ me }: { me: Me }) {
  const words = useWords();
  const { retention } = words.settings;
  const format = useFormat();
  const change = useChange(changeMe, [keys.me]);
  const [asked, setAsked] = useState<{ which: Which; days: number | null } | null>(null);

  async function apply(which: Which, days: number | null): Promise<void> {
    setAsked(null);
    await change.mutateAsync({ [which]: days });
    toast.success(words.settings.saved);
  }

  const choose = (which: Which) => (value: string) => {
    const days = value === KEPT ? null : Number(value);
    // What is older is gone soon after, so that is asked first.
    if (isShorter(me[which], days)) setAsked({ which, days });
    else void apply(which, days).catch(() => {});
  };

  const options = (now: number | null, usual: string, first: number[]) => [
    { value: KEPT, label: usual },
    ...[...new Set([...first, ...DAYS, ...(now === null ? [] : [now])])]
      .sort((a, b) => a - b)
      .map((days) => ({
        value: String(days),
        label: days === 0 ? retention.atOnce : retention.days(days),
      })),
  ];

  return (
    <Section title={retention.title}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={retention.words}
          value={String(me.retentionDays ?? KEPT)}
          options={options(me.retentionDays, retention.forEver, [])}
          onChange={choose('retentionDays')}
          hint={retention.wordsHint}
        />
        <Select
          label={retention.audio}
          value={String(me.audioRetentionDays ?? KEPT)}
          options={options(me.audioRetentionDays, retention.asWords, [0])}
          onChange={choose('audioRetentionDays')}
          hint={retention.audioHint}
        />
      </div>
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={retention.sure}
        text={retention.sureText(
          asked?.which === 'retentionDays',
          format.date(serverNow() - (asked?.days ?? 0) * DAY_MS),
        )}
        action={retention.shorten}
        cancel={words.common.cancel}
        onConfirm={() => asked && void apply(asked.which, asked.days).catch(() => {})}
      />
    </Section>
  );
}
