import type { Conversation } from '@afterword/client';
import { CalendarClock, Pencil } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../parts/button.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { Prose } from './prose.tsx';

export interface OverviewProps {
  conversation: Conversation;
  /** Shows the line with this id, and goes there in the sound. */
  onGo: (segmentId: string) => void;
  /** Stands in place of the text while somebody changes it. */
  editor: ReactNode;
  onEdit: () => void;
}

/** What it was about: each part leads to the words that it was made of. */
export function Overview({ conversation, editor, onGo, onEdit }: OverviewProps) {
  const words = useWords().conversation.overview;
  const format = useFormat();
  const { overview, sections, events, madeBy, decided } = conversation;
  // Sentences that were chosen from the words may be those of the overview once more.
  const keyPoints = conversation.keyPoints.filter(({ text }) => !overview?.includes(text));
  const isSpoken = madeBy?.kind === 'extractive' && !decided.includes('overview');
  return (
    <>
      <section aria-labelledby="overview-title">
        <div className="flex items-center justify-between">
          <h2 id="overview-title" className="text-sm font-semibold">
            {words.title}
          </h2>
          {!editor && (
            <IconButton label={words.edit} icon={<Pencil size={14} aria-hidden />} onClick={onEdit} />
          )}
        </div>
        {editor}
        {!editor && isSpoken && overview && <p className="mb-1 text-xs text-ink-soft">{words.spoken}</p>}
        {!editor &&
          (overview ? <Prose text={overview} /> : <p className="text-sm text-ink-soft">{words.none}</p>)}
      </section>
      {keyPoints.length > 0 && sections.length === 0 && (
        <section aria-labelledby="points-title">
          <h2 id="points-title" className="mb-1 text-sm font-semibold">
            {words.keyPoints}
          </h2>
          <ul>
            {keyPoints.map(({ text, segmentId }) => (
              <li key={`${segmentId} ${text}`}>
                <GoButton label={text} onGo={() => onGo(segmentId)} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {sections.length > 0 && (
        <section aria-labelledby="sections-title">
          <h2 id="sections-title" className="mb-1 text-sm font-semibold">
            {words.sections}
          </h2>
          {sections.map(({ heading, body, segmentIds }) => (
            <details key={`${heading} ${segmentIds[0]}`} className="group/section">
              <summary className="min-h-9 touch:min-h-11 cursor-pointer rounded-md py-1.5 text-sm font-medium hover:bg-sunken">
                {heading}
              </summary>
              <div className="pb-2 pl-4">
                <Prose text={body} />
                {segmentIds[0] !== undefined && (
                  <GoButton label={words.goTo} onGo={() => onGo(segmentIds[0] ?? '')} />
                )}
              </div>
            </details>
          ))}
        </section>
      )}
      {events.length > 0 && (
        <section aria-labelledby="events-title">
          <h2 id="events-title" className="mb-1 text-sm font-semibold">
            {words.events}
          </h2>
          <ul>
            {events.map(({ title, startsAtMs, minutes, segmentId }) => (
              <li key={`${segmentId} ${title}`}>
                <GoButton
                  label={title}
                  icon={<CalendarClock size={14} aria-hidden className="mt-1 shrink-0" />}
                  beside={`${format.dateTime(startsAtMs)}, ${words.minutes(minutes)}`}
                  onGo={() => onGo(segmentId)}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

interface GoButtonProps {
  label: string;
  icon?: React.ReactNode;
  beside?: string;
  onGo: () => void;
}

function GoButton({ label, icon, beside, onGo }: GoButtonProps) {
  return (
    <button
      type="button"
      onClick={onGo}
      className="flex min-h-9 touch:min-h-11 w-full items-start gap-2 rounded-md px-1 py-1.5 text-left text-sm text-accent-text hover:bg-sunken"
    >
      {icon}
      <span className="min-w-0">
        {label}
        {beside && <span className="block text-xs text-ink-soft">{beside}</span>}
      </span>
    </button>
  );
}
