/** Entry of a thread that hears one window of a long recording, chunk by chunk, while another thread decodes on. */
import { once } from 'node:events';
import { SpeechFinder } from '../vad/speech-finder.ts';
import type { FromWindow, ToWindow, WindowTask } from './protocol.ts';

/** Ends when the other side closes the port; the window is not wanted any more then. */
export default async function hearWindow({ port, window }: WindowTask): Promise<void> {
  const finder = new SpeechFinder(window);
  port.on('message', (chunk: ToWindow) => {
    const speech = chunk ? finder.push(chunk) : finder.end();
    // Left to the garbage collector, the sound of two minutes would wait for it.
    chunk?.buffer.transfer(0);
    const answer: FromWindow = { speech, isDone: chunk === null };
    const sounds = speech.flatMap(({ samples, lead, trail }) => [samples, lead, trail]);
    port.postMessage(
      answer,
      sounds.map(({ buffer }) => buffer as ArrayBuffer),
    );
  });
  try {
    await once(port, 'close');
  } finally {
    finder.close();
  }
}
