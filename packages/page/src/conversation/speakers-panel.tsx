import { EllipsisVertical } from 'lucide-react';
import { IconButton } from '../parts/button.tsx';
import { MenuOnDemand } from '../parts/menu-on-demand.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { initialOf, MOST_COLOURS, nameOf, type Speaker } from './rules/speakers.ts';
import { SpeakerBadge } from './speaker-badge.tsx';

export interface SpeakersPanelProps {
  speakers: readonly Speaker[];
  numbers: ReadonlyMap<string, number>;
  /** How long somebody speaks, known or not. */
  spokenMs: number;
  onName: (speaker: Speaker) => void;
  onUnite: (speaker: Speaker) => void;
  onHear: (speaker: Speaker) => void;
  onRelease: (speaker: Speaker) => void;
}

/** Who speaks: number, colour and name of each, and what can be said about them. */
export function SpeakersPanel(props: SpeakersPanelProps) {
  const { speakers, numbers, spokenMs, onName, onUnite, onHear, onRelease } = props;
  const words = useWords().conversation.speakers;
  const format = useFormat();
  const ordered = [...speakers].sort((a, b) => (numbers.get(a.id) ?? 0) - (numbers.get(b.id) ?? 0));
  return (
    <section aria-labelledby="speakers-title">
      <h2 id="speakers-title" className="mb-1 text-sm font-semibold">
        {words.title}
      </h2>
      {speakers.length === 0 && <p className="text-sm text-ink-soft">{words.none}</p>}
      <ul>
        {ordered.map((speaker) => {
          const number = numbers.get(speaker.id) ?? 0;
          const name = nameOf(speaker);
          return (
            <li key={speaker.id} className="flex items-center gap-2">
              <button
                type="button"
                onClick={() => onName(speaker)}
                className="flex min-h-10 touch:min-h-11 min-w-0 flex-1 items-center gap-2 rounded-md px-1 text-left text-sm hover:bg-sunken"
              >
                <SpeakerBadge number={number} initial={initialOf(speaker, number)} />
                <span className="min-w-0 flex-1 truncate">
                  <span className={speaker.name === null ? 'text-ink-soft' : 'font-medium'}>{name}</span>
                  {speaker.isOwner && <span className="text-ink-soft">{` (${words.you})`}</span>}
                </span>
                <span
                  className="text-xs tabular-nums text-ink-soft"
                  title={words.share(format.percent(spokenMs ? speaker.spokenMs / spokenMs : 0))}
                >
                  {format.percent(spokenMs ? speaker.spokenMs / spokenMs : 0)}
                </span>
                {number <= MOST_COLOURS && (
                  <kbd
                    title={words.numberKey(number)}
                    className="hidden min-w-5 rounded border border-line bg-sunken text-center text-xs text-ink-soft sm:inline-block"
                  >
                    {number}
                  </kbd>
                )}
              </button>
              <MenuOnDemand
                trigger={
                  <IconButton label={words.more(name)} icon={<EllipsisVertical size={16} aria-hidden />} />
                }
                entries={[
                  { label: words.name, onSelect: () => onName(speaker), keys: 'n' },
                  {
                    label: words.unite,
                    onSelect: () => onUnite(speaker),
                    keys: 'u',
                    disabled: speakers.length < 2 && speaker.name !== null,
                  },
                  { label: words.hear, onSelect: () => onHear(speaker) },
                  null,
                  { label: words.release, onSelect: () => onRelease(speaker) },
                ]}
              />
            </li>
          );
        })}
      </ul>
      {speakers.length > 0 && <p className="mt-1 hidden text-xs text-ink-soft sm:block">{words.keysHelp}</p>}
    </section>
  );
}
