/** Entry of a thread that hears one window of a long recording, chunk by chunk, while another thread decodes on. */
import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import type { Speech } from '../vad/speech.ts';
import { SpeechFinder } from '../vad/speech-finder.ts';
import type { FromWindow, ToWindow, WindowTask } from './protocol.ts';

/** Ends when the other side closes the port; the window is not wanted any more then. */
export default async function hearWindow({ port, window }: WindowTask): Promise<void> {
  try {
    await hear(port, new SpeechFinder(window));
  } finally {
    // Whoever waits for the window finds out that it was lost.
    port.close();
  }
}

async function hear(port: MessagePort, finder: SpeechFinder): Promise<void> {
  const failed = Promise.withResolvers<never>();
  port.on('message', (chunk: ToWindow) => {
    try {
      answer(port, chunk ? finder.push(chunk) : finder.end(), chunk === null);
    } catch (error) {
      // An uncaught error would end the thread, with the windows of other recordings in it.
      failed.reject(error);
    }
    // Left to the garbage collector, the sound of two minutes would wait for it.
    chunk?.buffer.transfer(0);
  });
  try {
    await Promise.race([once(port, 'close'), failed.promise]);
  } finally {
    finder.close();
  }
}

function answer(port: MessagePort, speech: Speech[], isDone: boolean): void {
  const sounds = speech.flatMap(({ samples, lead, trail }) => [samples, lead, trail]);
  port.postMessage(
    { speech, isDone } satisfies FromWindow,
    sounds.map(({ buffer }) => buffer as ArrayBuffer),
  );
}
