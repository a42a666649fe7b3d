import type { Conversation } from '@afterword/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { LocateFixed, LocateOff, Pause, Play, RotateCcw, RotateCw, SkipForward } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { Problem } from '../app/problems.tsx';
import { useShade } from '../app/theme.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { ChoiceMenuOnDemand } from '../parts/menu-on-demand.tsx';
import { Notice } from '../parts/notice.tsx';
import { fetchAhead, OnDemand, part } from '../parts/on-demand.tsx';
import { type Format, useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { chosenRate, type Player, RATES, skipsSilence } from './player.ts';
import { peaksQuery } from './reading.ts';
import type { LineRow, Row } from './rules/rows.ts';
import { type SoundMap, toSound } from './rules/sound-map.ts';
import { SpeakerStrip } from './speaker-strip.tsx';
import { NOT_PLAYED, noSound, type SoundState } from './use-sound.ts';

const waveform = part(async () => (await import('./waveform.tsx')).default);

const HEIGHT = 44;

export interface PlayerBarProps {
  conversation: Pick<Conversation, 'id'>;
  sound: SoundState;
  rows: readonly Row[];
  numbers: ReadonlyMap<string, number>;
  follows: boolean;
  onFollow: (follows: boolean) => void;
}

/** Stays at the foot of the window: the shape of the sound, and what plays it. */
export function PlayerBar({ conversation, sound, rows, numbers, follows, onFollow }: PlayerBarProps) {
  const words = useWords().conversation.player;
  const { player, map, url, problem, isPreparing, retry } = sound;
  const own = useRef<HTMLElement>(null);
  useFoot(own);
  useShapeEarly(conversation.id, map);
  return (
    <section
      ref={own}
      aria-label={words.label}
      className="sticky bottom-[calc(3.5rem+env(safe-area-inset-bottom))] z-20 -mx-4 mt-auto border-t border-line bg-raised px-4 py-3 sm:bottom-0 sm:-mx-8 sm:px-8"
    >
      {map && url ? (
        <>
          <Shape
            conversationId={conversation.id}
            player={player}
            map={map}
            rows={rows}
            numbers={numbers}
            key={url}
          />
          <Controls player={player} map={map} follows={follows} onFollow={onFollow} />
        </>
      ) : null}
      {!(map && url) && !problem && <Coming text={isPreparing ? words.preparing : null} />}
      {problem ? <Silent problem={problem} onRetry={retry} /> : null}
    </section>
  );
}

/** What draws the shape is asked for as soon as it is known how long the sound is, and not only when there is an address to hear it. */
function useShapeEarly(id: string, map: SoundMap | null): void {
  const queries = useQueryClient();
  const durationMs = map?.durationMs;
  useEffect(() => {
    if (durationMs === undefined) return;
    void queries.prefetchQuery(peaksQuery(id, durationMs));
    // Where it fails, whoever shows it tells.
    void fetchAhead(waveform);
  }, [queries, id, durationMs]);
}

/** Holds the place of the sound that is asked for, so that nothing moves when it comes. */
function Coming({ text }: { text: string | null }) {
  const { common } = useWords();
  return (
    <div role="status">
      <span className="sr-only">{text ?? common.loading}</span>
      <div aria-hidden>
        <ComingShape />
        <p className="mt-1 flex min-h-12.5 touch:min-h-14.5 items-center text-sm text-ink-soft">{text}</p>
      </div>
    </div>
  );
}

function ComingShape() {
  return (
    <div style={{ height: HEIGHT }} className="rounded-md bg-sunken motion-safe:animate-pulse" aria-hidden />
  );
}

/** Tells the page how high its foot is, so that nothing is shown on top of the keys of the player. */
function useFoot(own: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() =>
      style.setProperty('--foot', `${own.current?.offsetHeight ?? 0}px`),
    );
    if (own.current) observer.observe(own.current);
    return () => {
      observer.disconnect();
      style.removeProperty('--foot');
    };
  }, [own]);
}

function Silent({ problem, onRetry }: { problem: unknown; onRetry: () => void }) {
  const { again } = useWords().problem;
  const words = useWords().conversation.player;
  const why = noSound(problem);
  if (why) return <p className="text-sm text-ink-soft">{words[why]}</p>;
  if (problem !== NOT_PLAYED) return <Problem error={problem} onRetry={onRetry} />;
  return (
    <Notice tone="danger" actions={<Button onClick={onRetry}>{again}</Button>}>
      {words.failed}
    </Notice>
  );
}

interface ShapeProps {
  conversationId: string;
  player: Player;
  map: SoundMap;
  rows: readonly Row[];
  numbers: ReadonlyMap<string, number>;
}

function Shape({ conversationId, player, map, rows, numbers }: ShapeProps) {
  const words = useWords().conversation.player;
  const format = useFormat();
  const shade = useShade();
  const { durationMs } = map;
  const { data: peaks, isPending } = useQuery(peaksQuery(conversationId, durationMs));
  const spans = useMemo(
    () =>
      rows
        .filter((row): row is LineRow => row.kind === 'line')
        .map(({ fromMs, toMs, segment: { speakerId } }) => ({
          fromMs: toSound(map, fromMs),
          toMs: toSound(map, toMs),
          number: speakerId === null ? null : (numbers.get(speakerId) ?? null),
        })),
    [rows, map, numbers],
  );
  const second = useSyncExternalStore(player.position.subscribe, () =>
    Math.floor(player.position.get() / 1000),
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { Home: 0, End: durationMs, PageUp: second * 1000 - 60_000, PageDown: second * 1000 + 60_000 }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    player.seek(to);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={words.position}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationMs / 1000)}
      aria-valuenow={second}
      aria-valuetext={words.positionText(format.clock(second * 1000), format.clock(durationMs))}
      onKeyDown={onKeyDown}
      className="rounded-sm"
    >
      <div style={{ height: HEIGHT }}>
        {peaks ? (
          <OnDemand
            part={waveform}
            props={{ player, peaks, durationMs, height: HEIGHT, shade }}
            absent={<ComingShape />}
          />
        ) : (
          // A shape that cannot be had is no reason not to hear it.
          isPending && <ComingShape />
        )}
      </div>
      <SpeakerStrip spans={spans} durationMs={durationMs} shade={shade} />
    </div>
  );
}

interface ControlsProps {
  player: Player;
  map: SoundMap;
  follows: boolean;
  onFollow: (follows: boolean) => void;
}

function Controls({ player, map, follows, onFollow }: ControlsProps) {
  const words = useWords().conversation.player;
  const format = useFormat();
  const { isPlaying, isWaiting } = useSyncExternalStore(player.state.subscribe, player.state.get);
  const skips = useSyncExternalStore(skipsSilence.subscribe, skipsSilence.get) === 'yes';
  return (
    <div className="mt-2 flex flex-wrap items-center gap-1">
      <IconButton
        label={words.back}
        icon={<RotateCcw size={18} aria-hidden />}
        onClick={() => player.jump(-10_000)}
      />
      <IconButton
        kind="main"
        className="rounded-full!"
        label={isPlaying ? words.pause : words.play}
        aria-busy={isWaiting}
        icon={isPlaying ? <Pause size={18} aria-hidden /> : <Play size={18} aria-hidden />}
        onClick={() => player.toggle()}
      />
      <IconButton
        label={words.forward}
        icon={<RotateCw size={18} aria-hidden />}
        onClick={() => player.jump(10_000)}
      />
      <Position player={player} durationMs={map.durationMs} format={format} />
      {/* Of a page that is enlarged four times they stand in a line of their own. */}
      <div className="ml-auto flex items-center gap-1">
        <Speed />
        <IconButton
          label={words.skip}
          aria-pressed={skips}
          className={skips ? 'text-accent-text! bg-accent-soft' : ''}
          icon={<SkipForward size={18} aria-hidden />}
          onClick={() => skipsSilence.set(skips ? 'no' : 'yes')}
        />
        <IconButton
          label={words.follow}
          aria-pressed={follows}
          className={follows ? 'text-accent-text! bg-accent-soft' : ''}
          icon={follows ? <LocateFixed size={18} aria-hidden /> : <LocateOff size={18} aria-hidden />}
          onClick={() => onFollow(!follows)}
        />
      </div>
    </div>
  );
}

function Position({ player, durationMs, format }: { player: Player; durationMs: number; format: Format }) {
  const shown = useSyncExternalStore(player.position.subscribe, () => format.clock(player.position.get()));
  return (
    <p className="flex flex-col px-2 text-sm leading-tight whitespace-nowrap tabular-nums text-ink-soft sm:flex-row sm:items-baseline">
      <span className="text-ink">{shown}</span>
      <span aria-hidden className="text-xs sm:text-sm">
        <span className="hidden whitespace-pre sm:inline">{' / '}</span>
        {format.clock(durationMs)}
      </span>
    </p>
  );
}

function Speed() {
  const words = useWords().conversation.player;
  const { locale } = useFormat();
  const rate = useSyncExternalStore(chosenRate.subscribe, chosenRate.get);
  const shown = (value: string) => words.times(new Intl.NumberFormat(locale).format(Number(value)));
  return (
    <ChoiceMenuOnDemand
      trigger={
        <Button
          kind="quiet"
          aria-label={`${words.speed}: ${shown(rate)}`}
          className="whitespace-nowrap tabular-nums"
        >
          {shown(rate)}
        </Button>
      }
      label={words.speed}
      value={rate}
      options={() => RATES.map((value) => ({ value, label: shown(value) }))}
      onChange={chosenRate.set}
    />
  );
}
