import { useQuery } from '@tanstack/react-query';
import { peopleQuery } from '../data/queries.ts';
import { Checkbox, Select, TextField } from '../parts/field.tsx';
import { useWords } from '../words/words.ts';
import type { Asked } from './asked.ts';

/** Stands for all of them in a list of choices, which has texts only. */
const ALL = '';

/** What narrows the list or the search beside words, folders and stars. */
export function Filters({
  asked,
  onAsk,
}: {
  asked: Asked;
  onAsk: (change: { [Name in keyof Asked]?: Asked[Name] | undefined }) => void;
}) {
  const { conversations: words } = useWords();
  const { data: people = [] } = useQuery(peopleQuery);
  return (
    <div className="grid grid-cols-1 gap-3 rounded-lg border border-line p-3 sm:grid-cols-2 lg:grid-cols-4">
      <Select
        label={words.speaker}
        value={asked.speaker ?? ALL}
        options={[
          { value: ALL, label: words.anybody },
          ...people.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(speaker) => onAsk({ speaker: speaker || undefined })}
      />
      <TextField
        type="date"
        label={words.fromDay}
        value={asked.from ?? ''}
        onChange={(from) => onAsk({ from: from || undefined })}
      />
      <TextField
        type="date"
        label={words.toDay}
        value={asked.to ?? ''}
        onChange={(to) => onAsk({ to: to || undefined })}
      />
      <Select
        label={words.state}
        value={asked.status ?? ALL}
        options={[
          { value: ALL, label: words.anyState },
          { value: 'settling', label: words.stateSettling },
          { value: 'failed', label: words.stateFailed },
        ]}
        onChange={(status) =>
          onAsk({ status: status === ALL ? undefined : (status as 'settling' | 'failed') })
        }
      />
      <Checkbox
        label={words.showFiller}
        checked={asked.discarded === true}
        onChange={(discarded) => onAsk({ discarded: discarded || undefined })}
      />
    </div>
  );
}
