/** Lets recordings that are listened to take turns, so that one of hours does not keep the others of its lane waiting. */
import type { Semaphore } from '../providers/semaphore.ts';
import type { ListeningEvent } from '../speech/audio-thread/session.ts';

/** What listening asks of the work that it is for. */
export interface Listener {
  readonly dueAtMs: number;
  /** It has to give up its place. */
  readonly isAsked: boolean;
  gaveWay: boolean;
  heardUntil(ms: number): void;
}

/**
 * A recording keeps its slot until the next piece, or for half a minute of audio without one. So a recording with many
 * pieces and one of hours of silence both let others proceed. The loop ends early when the recording has to give up its
 * place.
 */
export async function* slotBySlot(
  events: AsyncIterable<ListeningEvent>,
  slots: Semaphore,
  listener: Listener,
  signal: AbortSignal,
): AsyncGenerator<Exclude<ListeningEvent, { type: 'heard' | 'queued' | 'begun' }>, void, void> {
  const heard = events[Symbol.asyncIterator]();
  let isQueued = false;
  try {
    while (!listener.isAsked) {
      // Whoever waits for a thread holds no slot, since those that have the threads need one to go on.
      const release = isQueued ? () => {} : await slots.take(signal, listener.dueAtMs);
      const next = await heard.next().finally(release);
      if (next.done) return;
      const event = next.value;
      if (event.type === 'queued' || event.type === 'begun') isQueued = event.type === 'queued';
      else if (event.type === 'heard') listener.heardUntil(event.untilMs);
      else yield event;
    }
    listener.gaveWay = true;
  } finally {
    await heard.return?.();
  }
}
