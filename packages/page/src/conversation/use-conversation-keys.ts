import { useKeys } from '../app/keys.ts';
import { useWords } from '../words/words.ts';
import type { Player } from './player.ts';
import { MOST_COLOURS } from './rules/speakers.ts';

export interface ConversationKeys {
  player: Player;
  move: (by: number, extend: boolean) => void;
  hear: () => void;
  edit: () => void;
  /** @param number of the speaker; 0: whoever the voice is */
  assign: (number: number) => void;
  assignTo: () => void;
  name: () => void;
  unite: () => void;
  follow: () => void;
  skip: () => void;
  editTitle: () => void;
  star: () => void;
  split: () => void;
  merge: () => void;
  remove: () => void;
  leave: () => void;
}

/** What can be pressed on the page of a conversation. */
export function useConversationKeys(act: ConversationKeys): void {
  const words = useWords().conversation.keys;
  const { player } = act;
  const numbers = Array.from({ length: MOST_COLOURS }, (_, at) => String(at + 1));
  useKeys(words.sound, [
    { keys: ['Space', 'k'], label: words.playPause, run: unlessPressed(() => player.toggle()) },
    { keys: 'j', label: words.back, run: () => player.jump(-10_000) },
    { keys: 'l', label: words.forward, run: () => player.jump(10_000) },
    { keys: 'ArrowLeft', label: words.back5, run: quietly(() => player.jump(-5_000)) },
    { keys: 'ArrowRight', label: words.forward5, run: quietly(() => player.jump(5_000)) },
    { keys: ',', label: words.slower, run: () => void player.changeRate(-1) },
    { keys: '.', label: words.faster, run: () => void player.changeRate(1) },
    { keys: 'f', label: words.follow, run: act.follow },
    { keys: 'q', label: words.skip, run: act.skip },
  ]);
  useKeys(words.lines, [
    { keys: 'ArrowUp', label: words.up, run: quietly(() => act.move(-1, false)) },
    { keys: 'ArrowDown', label: words.down, run: quietly(() => act.move(1, false)) },
    { keys: 'Shift+ArrowUp', label: words.extendUp, run: quietly(() => act.move(-1, true)) },
    { keys: 'Shift+ArrowDown', label: words.extendDown, run: quietly(() => act.move(1, true)) },
    { keys: 'Enter', label: words.hear, run: unlessPressed(act.hear) },
    { keys: 'e', label: words.edit, run: quietly(act.edit) },
  ]);
  useKeys(words.speakers, [
    { keys: numbers, label: words.assign, run: (event) => act.assign(Number(event.key)) },
    { keys: '0', label: words.asHeard, run: () => act.assign(0) },
    { keys: 'a', label: words.assignTo, run: quietly(act.assignTo) },
    { keys: 'n', label: words.name, run: quietly(act.name) },
    { keys: 'u', label: words.unite, run: quietly(act.unite) },
  ]);
  useKeys(words.whole, [
    { keys: 't', label: words.editTitle, run: quietly(act.editTitle) },
    // The list has the same keys for these two.
    { keys: ['s', 'b'], label: words.star, run: act.star },
    { keys: 'x', label: words.split, run: act.split },
    { keys: 'm', label: words.merge, run: quietly(act.merge) },
    { keys: ['Delete', '#', 'Shift+#'], label: words.delete, run: act.remove },
    { keys: 'Escape', label: words.leave, run: act.leave },
  ]);
}

/** Neither scrolls the page nor types into what opens. */
function quietly(run: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    event.preventDefault();
    run();
  };
}

/** A button that has the focus takes these keys for itself. */
function unlessPressed(run: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.target instanceof Element && event.target.closest('button, a, summary, [role=checkbox]'))
      return;
    event.preventDefault();
    run();
  };
}
