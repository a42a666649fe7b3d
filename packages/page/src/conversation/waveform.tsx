import { useEffect, useRef } from 'react';
import WaveSurfer from 'wavesurfer.js';
import type { Player } from './player.ts';
import type { Peaks } from './reading.ts';

export interface WaveformProps {
  player: Player;
  peaks: Peaks;
  durationMs: number;
  height: number;
  /** Another shade has other colours. */
  shade: string;
}

/**
 * The shape of the sound, drawn from the server's peaks: nothing is decoded in the browser. A click or a drag goes there. It
 * does not get the player's element, since it would give that the address again that it found when it was made.
 */
export default function Waveform({ player, peaks, durationMs, height, shade }: WaveformProps) {
  const place = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the shade
  useEffect(() => {
    const container = place.current;
    if (!container) return;
    const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
    const drawn = WaveSurfer.create({
      container,
      peaks: [peaks.highest, peaks.lowest],
      duration: durationMs / 1000,
      height,
      normalize: true,
      hideScrollbar: true,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      cursorWidth: 2,
      waveColor: token('--line-strong'),
      progressColor: token('--accent'),
      cursorColor: token('--ink'),
      dragToSeek: { debounceTime: 0 },
      ...(nonce && { cspNonce: nonce }),
    });
    const follow = () => drawn.setTime(player.position.get() / 1000);
    // It begins at its own start once it is drawn.
    drawn.on('ready', follow);
    const unfollow = player.position.subscribe(follow);
    drawn.on('interaction', (seconds) => player.seek(seconds * 1000));
    return () => {
      unfollow();
      drawn.destroy();
    };
  }, [player, peaks, durationMs, height, shade]);
  return <div ref={place} />;
}
