/** Gives the player the sound of a conversation, and a new address when the old one has ended. */
import type { Conversation } from '@afterword/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { AfterwordProblem } from '../data/api.ts';
import { Player } from './player.ts';
import { addressQuery, digestOf, isBeingPrepared, type SoundFormat, soundMapQuery } from './reading.ts';
import { silencesOf } from './rules/silence.ts';
import { type SoundMap, toSound } from './rules/sound-map.ts';

export interface SoundState {
  player: Player;
  map: SoundMap | null;
  /** The address that the player has; null until it has one. */
  url: string | null;
  isPreparing: boolean;
  /** Why there is no sound. */
  problem: unknown;
  retry: () => void;
}

/** The browser could not play what the server gave. */
export const NOT_PLAYED = 'not played';

/** One player for as long as a conversation is shown. */
export function useSound(conversation: Conversation): SoundState {
  const queries = useQueryClient();
  const player = usePlayer();
  const { data: map, error: mapError, failureReason, refetch } = useQuery(soundMapQuery(conversation.id));
  const format = useMemo(soundFormat, []);
  const address = useQuery({ ...addressQuery(conversation.id, format), enabled: map !== undefined });
  // Another sound at the same address is another address to the browser.
  const version = useMemo(() => (map ? digestOf(JSON.stringify(map)) : null), [map]);
  const url = address.data && version ? `${address.data}&version=${version}` : null;
  const { segments, speechWithoutWords } = conversation;
  const silences = useMemo(() => {
    if (!map) return [];
    const spans = [...segments, ...speechWithoutWords].map(({ startedAtMs, endedAtMs }) => ({
      fromMs: toSound(map, startedAtMs),
      toMs: toSound(map, endedAtMs),
    }));
    return silencesOf(spans, map.durationMs);
  }, [map, segments, speechWithoutWords]);
  // Before the effects of what draws the sound, which takes the address that the player has.
  useLayoutEffect(() => {
    if (map && url) player.load({ url, map, silences });
  }, [player, map, url, silences]);

  const { hasFailed } = useSyncExternalStore(player.state.subscribe, player.state.get);
  const renewed = useRef<string | null>(null);
  const key = addressQuery(conversation.id, format).queryKey;
  const renew = () => void queries.invalidateQueries({ queryKey: key });
  useEffect(() => {
    // An address ends after hours. Of one that was just given the reason is another one, and the person is told.
    if (!hasFailed || url === null || renewed.current === url) return;
    renewed.current = url;
    void queries.invalidateQueries({ queryKey: key });
  }, [hasFailed, url, queries, key]);
  const isGivenUp = hasFailed && renewed.current !== null && !address.isFetching;
  return {
    player,
    map: map ?? null,
    url,
    isPreparing: !map && isBeingPrepared(failureReason),
    problem: mapError ?? address.error ?? (isGivenUp ? NOT_PLAYED : null),
    retry: () => {
      renewed.current = null;
      void refetch();
      renew();
    },
  };
}

/** Why there is nothing to hear, where that is how it is and no failure. */
export function noSound(problem: unknown): 'gone' | 'none' | null {
  if (!(problem instanceof AfterwordProblem)) return null;
  if (problem.code === 'audio_gone') return 'gone';
  return problem.code === 'no_sound' ? 'none' : null;
}

function usePlayer(): Player {
  const [player] = useState(() => new Player());
  // React may give up a picture that it has begun, and the player that was made for it.
  useEffect(() => {
    player.start();
    return () => player.dispose();
  }, [player]);
  return player;
}

/** Opus is a tenth of the bytes; older browsers of Apple play it in other containers only. */
function soundFormat(): SoundFormat {
  return document.createElement('audio').canPlayType('audio/ogg; codecs="opus"') ? 'ogg' : 'wav';
}
