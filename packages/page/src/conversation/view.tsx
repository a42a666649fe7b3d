import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { type RefObject, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useOneByOne } from '../app/gradually.ts';
import { Page } from '../app/page.tsx';
import { useCommands } from '../app/palette-state.ts';
import type { DraftBook, Field } from '../data/drafts.ts';
import { Loading } from '../parts/loading.tsx';
import { onDemand } from '../parts/on-demand.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { Changes, withChanges } from './changes.ts';
import { FieldEditor } from './field-editor.tsx';
import { HeadActions } from './head.tsx';
import { KeptUntil } from './kept-until.tsx';
import { LostDrafts } from './lost-drafts.tsx';
import { Overview } from './overview.tsx';
import { skipsSilence } from './player.ts';
import { PlayerBar } from './player-bar.tsx';
import type { Reading } from './reading.ts';
import type { Row } from './rules/rows.ts';
import { lineNear } from './rules/selection.ts';
import { rowUpTo } from './rules/sounding.ts';
import { SpeakersPanel } from './speakers-panel.tsx';
import { StateNotice } from './state-notice.tsx';
import { Tasks } from './tasks.tsx';
import { Transcript } from './transcript.tsx';
import { useConversationKeys } from './use-conversation-keys.ts';
import { noSound, useSound } from './use-sound.ts';
import { useTranscript } from './use-transcript.ts';
import { useWhole } from './use-whole.ts';

const WhoDialog = onDemand(async () => (await import('./who-dialog.tsx')).WhoDialog);
const MergeDialog = onDemand(async () => (await import('./merge-dialog.tsx')).MergeDialog);

/** @param at the moment that is to be shown: UTC epoch, milliseconds */
export function ConversationView({ reading, at }: { reading: Reading; at: number | null }) {
  const { conversation: words, navigation, common } = useWords();
  const format = useFormat();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { id } = reading.conversation;
  const changes = useMemo(() => new Changes(queries, id), [queries, id]);
  const shown = useSyncExternalStore(changes.shown.subscribe, changes.shown.get);
  const conversation = useMemo(() => withChanges(reading.conversation, shown), [reading, shown]);
  const sound = useSound(conversation);
  const { player } = sound;
  const [follows, setFollows] = useState(true);
  const lines = useTranscript(conversation, changes, sound);
  const { rows, reveal } = lines;
  const whole = useWhole(conversation, changes, lines);
  const canSplit = lines.splitsBefore !== null;
  const hasTranscript = useOneByOne(2) === 2;
  useMoment(at, hasTranscript && (sound.map !== null || noSound(sound.problem) !== null), () => {
    const index = at === null ? -1 : rowUpTo(rows, at);
    const line = index < 0 ? lineNear(rows, 0, 1) : index;
    lines.chooseIndex(line);
    reveal.current?.(line);
    if (at !== null) player.seekTo(at);
  });
  useTyped(rows, lines.drafts, hasTranscript && at === null ? reveal : null);
  const leave = () => {
    if (!lines.narrow()) void navigate({ to: '/' });
  };
  useConversationKeys({
    player,
    move(by, extend) {
      // Whoever looks at another line does not want to be taken back by the next one that sounds.
      if (player.state.get().isPlaying) setFollows(false);
      lines.move(by, extend);
    },
    hear: lines.hearChosen,
    edit: lines.editChosen,
    assign: lines.assignNumber,
    assignTo: lines.askWhoSays,
    name: lines.askName,
    unite: lines.askUnite,
    follow: () => setFollows(!follows),
    skip: () => skipsSilence.set(skipsSilence.get() === 'yes' ? 'no' : 'yes'),
    editTitle: () => whole.editField('title'),
    star: whole.star,
    split: whole.split,
    merge: () => whole.setMerging(true),
    remove: whole.remove,
    leave,
  });
  useCommands([
    { id: 'title', label: words.head.editTitle, run: () => whole.editField('title'), keys: 't' },
    {
      id: 'star',
      label: conversation.starred ? words.head.unstar : words.head.star,
      run: whole.star,
      keys: 's',
    },
    { id: 'merge', label: words.head.merge, run: () => whole.setMerging(true), keys: 'm' },
    ...(canSplit ? [{ id: 'split', label: words.head.split, run: whole.split, keys: 'x' }] : []),
    { id: 'reprocess', label: words.head.reprocess, run: () => void whole.reprocess() },
    { id: 'delete', label: words.head.delete, run: whole.remove, keys: '#' },
  ]);
  const title = conversation.title ?? words.untitled;
  const spokenMs = useMemo(
    () => conversation.segments.reduce((sum, { startedAtMs, endedAtMs }) => sum + endedAtMs - startedAtMs, 0),
    [conversation.segments],
  );
  useEffect(() => player.present(title), [player, title]);
  const editorOf = (field: Field) => {
    const draft = whole.draftOf(field);
    return draft && <FieldEditor field={field} draft={draft} whole={whole} />;
  };
  const hasSound = sound.map !== null && noSound(sound.problem) === null;
  return (
    <Page
      title={title}
      inPlace={editorOf('title')}
      wide
      foot={
        <PlayerBar
          conversation={conversation}
          sound={sound}
          rows={rows}
          numbers={lines.numbers}
          follows={follows}
          onFollow={setFollows}
        />
      }
      back={
        <Link to="/" className="inline-flex min-h-6 touch:min-h-11 items-center gap-1 hover:text-ink">
          <ChevronLeft size={14} aria-hidden />
          {navigation.conversations}
        </Link>
      }
      actions={
        <HeadActions
          conversation={conversation}
          hasSound={hasSound}
          canSplit={canSplit}
          onStar={whole.star}
          onEditTitle={() => whole.editField('title')}
          onFolder={whole.move}
          onReprocess={() => void whole.reprocess()}
          onMerge={() => whole.setMerging(true)}
          onSplit={whole.split}
          onKeep={whole.keep}
          onDelete={whole.remove}
        />
      }
    >
      <p className="-mt-4 mb-4 text-sm text-ink-soft">
        {conversation.emoji && <span aria-hidden>{`${conversation.emoji} `}</span>}
        {words.from(
          format.day(conversation.startedAtMs),
          format.time(conversation.startedAtMs),
          format.time(conversation.endedAtMs),
        )}
        {` · ${format.duration(Math.max(0, conversation.endedAtMs - conversation.startedAtMs))}`}
        <KeptUntil {...conversation} />
      </p>
      <div className="mb-4 flex flex-col gap-3 empty:hidden">
        <StateNotice conversation={conversation} isBusy={whole.isBusy} onRetry={whole.retry} />
        <LostDrafts rows={rows} tasks={conversation.actionItems} drafts={lines.drafts} />
      </div>
      <div className="mb-6 gap-8 lg:grid lg:grid-cols-[1fr_20rem]">
        <aside className="mb-6 flex flex-col gap-5 lg:order-2 lg:sticky lg:top-4 lg:max-h-[calc(100dvh-10rem)] lg:self-start lg:-ml-1 lg:overflow-y-auto lg:px-1">
          <div className="order-last lg:order-first">
            <SpeakersPanel
              speakers={conversation.speakers}
              numbers={lines.numbers}
              spokenMs={spokenMs}
              onName={(speaker) => lines.ask({ kind: 'name', speaker })}
              onUnite={(speaker) => lines.ask({ kind: 'unite', speaker })}
              onHear={lines.hearSpeaker}
              onRelease={(speaker) => void lines.corrections.release(speaker.id)}
            />
          </div>
          <Overview
            conversation={conversation}
            editor={editorOf('overview')}
            onGo={lines.go}
            onEdit={() => whole.editField('overview')}
          />
          <Tasks conversation={conversation} drafts={lines.drafts} onGo={lines.go} />
        </aside>
        <div className="min-w-0 lg:order-1">
          {hasTranscript ? (
            <Transcript
              rows={rows}
              speakers={conversation.speakers}
              numbers={lines.numbers}
              wordTimes={lines.wordTimes}
              player={player}
              selection={lines.selection}
              drafts={lines.drafts}
              actions={lines.actions}
              follows={follows}
              onFollow={setFollows}
              reveal={reveal}
            />
          ) : (
            <Loading label={common.loading} rows={6} />
          )}
        </div>
      </div>
      <WhoDialog
        open={lines.asked !== null}
        asked={lines.asked}
        speakers={conversation.speakers}
        numbers={lines.numbers}
        onChoose={lines.choose}
        onClose={() => lines.ask(null)}
      />
      <MergeDialog
        conversation={conversation}
        open={whole.isMerging}
        onClose={() => whole.setMerging(false)}
        onMerge={whole.merge}
      />
    </Page>
  );
}

/** Whoever comes back to a line that they were correcting finds it in sight. */
function useTyped(
  rows: readonly Row[],
  drafts: DraftBook,
  reveal: RefObject<((index: number) => void) | null> | null,
): void {
  const typed = useRef(rows.findIndex(({ key }) => drafts.of(key) !== undefined));
  useEffect(() => {
    if (!reveal || typed.current < 0) return;
    reveal.current?.(typed.current);
    typed.current = -1;
  }, [reveal]);
}

/** Goes to a moment once, as soon as the map of the sound is there, or there is none. */
function useMoment(at: number | null, isReady: boolean, go: () => void): void {
  const gone = useRef<number | null>(null);
  const latest = useRef(go);
  latest.current = go;
  const wanted = useMemo(() => (at === null || !isReady ? null : at), [at, isReady]);
  useEffect(() => {
    if (wanted === null || gone.current === wanted) return;
    gone.current = wanted;
    latest.current();
  }, [wanted]);
}
