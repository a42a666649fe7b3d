import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { useState } from 'react';
import { peopleQuery } from '../data/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useWords } from '../words/words.ts';
import type { Somebody } from './rules/optimistic.ts';
import { initialOf, nameOf, type Speaker } from './rules/speakers.ts';
import { SpeakerBadge } from './speaker-badge.tsx';

/** What is asked: who a voice is, whom it is the same as, or who says the chosen lines. */
export type Asked =
  | { kind: 'name'; speaker: Speaker }
  | { kind: 'unite'; speaker: Speaker }
  | { kind: 'assign'; segmentIds: readonly string[] };

export type Chosen =
  | { kind: 'somebody'; somebody: Somebody }
  /** Somebody by a name that nobody has yet. */
  | { kind: 'new'; name: string }
  /** Of lines: whoever the voice is. */
  | { kind: 'as-heard' };

export interface WhoDialogProps {
  open: boolean;
  asked: Asked | null;
  speakers: readonly Speaker[];
  numbers: ReadonlyMap<string, number>;
  onChoose: (asked: Asked, chosen: Chosen) => void;
  onClose: () => void;
}

const ROW =
  'flex min-h-9 touch:min-h-11 items-center gap-3 rounded-md px-2 text-sm data-[selected=true]:bg-sunken';
const GROUP =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-soft';

/** Asks who somebody is: a name is typed, or somebody is chosen by number or by the first letters. Enter takes the first. */
export function WhoDialog({ open, asked, speakers, numbers, onChoose, onClose }: WhoDialogProps) {
  const words = useWords();
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={asked ? titleOf(words.conversation.speakers, asked) : ''}
      closeLabel={words.common.close}
    >
      {asked && (
        <Choices
          asked={asked}
          speakers={speakers}
          numbers={numbers}
          onChoose={(chosen) => onChoose(asked, chosen)}
        />
      )}
    </Dialog>
  );
}

function titleOf(words: ReturnType<typeof useWords>['conversation']['speakers'], asked: Asked): string {
  if (asked.kind === 'assign') return words.assignTitle(asked.segmentIds.length);
  const name = nameOf(asked.speaker);
  return asked.kind === 'name' ? words.nameTitle(name) : words.uniteTitle(name);
}

/** Says why nobody is offered, and what to do. */
function nobodyText(
  words: ReturnType<typeof useWords>['conversation']['speakers'],
  { asked, name, isAnybodyKnown }: { asked: Asked; name: string; isAnybodyKnown: boolean },
): string {
  if (/^\d+$/.test(name)) return words.noNumber(Number(name));
  if (asked.kind === 'unite') return isAnybodyKnown ? words.nobodySame : words.nobodyElse;
  return name === '' ? words.nobodyYet : words.nobody;
}

interface ChoicesProps {
  asked: Asked;
  speakers: readonly Speaker[];
  numbers: ReadonlyMap<string, number>;
  onChoose: (chosen: Chosen) => void;
}

function Choices({ asked, speakers, numbers, onChoose }: ChoicesProps) {
  const words = useWords().conversation.speakers;
  const [typed, setTyped] = useState(asked.kind === 'name' ? (asked.speaker.name ?? '') : '');
  const { data: people = [] } = useQuery(peopleQuery);
  const name = typed.trim();
  const own = asked.kind === 'assign' ? null : asked.speaker.id;
  const here = speakers.filter(({ id }) => id !== own);
  const hereIds = new Set(speakers.map(({ id }) => id));
  const elsewhere = people.filter(({ id }) => !hereIds.has(id));
  const isSame = (other: string | null) => other?.toLocaleLowerCase() === name.toLocaleLowerCase();
  // A name that somebody has means that person, and no other one of the same name.
  const isTaken = [...here, ...elsewhere].some((somebody) => isSame(somebody.name));
  const isNew = name !== '' && !isTaken && asked.kind !== 'unite' && !/^\d+$/.test(name);
  return (
    <Command label={words.field} loop>
      <Command.Input
        autoFocus
        value={typed}
        onValueChange={setTyped}
        maxLength={100}
        placeholder={here.length > 0 ? words.placeholder : words.placeholderName}
        className="mb-2 w-full rounded-md border border-line-strong bg-raised px-3 py-2 text-base placeholder:text-ink-faint"
      />
      <Command.List className="max-h-[40dvh] overflow-y-auto">
        {!isNew && (
          <Command.Empty className="px-2 py-4 text-sm text-ink-soft">
            {nobodyText(words, { asked, name, isAnybodyKnown: here.length + elsewhere.length > 0 })}
          </Command.Empty>
        )}
        {isNew && (
          <Command.Item
            forceMount
            value={`${name} +`}
            onSelect={() => onChoose({ kind: 'new', name })}
            className={ROW}
          >
            {asked.kind === 'name' ? words.call(name) : words.newPerson(name)}
          </Command.Item>
        )}
        {asked.kind !== 'name' || name !== '' ? (
          <Command.Group heading={words.here} className={GROUP}>
            {here.map((speaker) => {
              const number = numbers.get(speaker.id) ?? 0;
              return (
                <Command.Item
                  key={speaker.id}
                  value={`${number} ${nameOf(speaker)}`}
                  onSelect={() => onChoose({ kind: 'somebody', somebody: speaker })}
                  className={ROW}
                >
                  <kbd className="w-3 text-xs text-ink-soft">{number}</kbd>
                  <SpeakerBadge number={number} initial={initialOf(speaker, number)} />
                  {nameOf(speaker)}
                </Command.Item>
              );
            })}
          </Command.Group>
        ) : null}
        {elsewhere.length > 0 && (
          <Command.Group heading={words.known} className={GROUP}>
            {elsewhere.map((person) => (
              <Command.Item
                key={person.id}
                value={`${person.name} ${person.id}`}
                onSelect={() => onChoose({ kind: 'somebody', somebody: person })}
                className={ROW}
              >
                {person.name}
                {person.isOwner && <span className="text-ink-soft">{words.you}</span>}
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {asked.kind === 'assign' && speakers.length > 0 && (
          <Command.Item
            value={`0 ${words.asHeard}`}
            onSelect={() => onChoose({ kind: 'as-heard' })}
            className={ROW}
          >
            <kbd className="w-3 text-xs text-ink-soft">0</kbd>
            {words.asHeard}
          </Command.Item>
        )}
      </Command.List>
    </Command>
  );
}
