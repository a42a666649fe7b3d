/** Whether the palette is open, and which commands the present page adds to it. */
import { useEffect, useRef } from 'react';
import { createStore } from '../words/store.ts';

export interface Command {
  id: string;
  label: string;
  run: () => void;
  /** The keys that do the same. */
  keys?: string;
}

export const isPaletteOpen = createStore(false);
export const commandsOfPage = createStore<readonly Command[]>([]);

export function openPalette(): void {
  isPaletteOpen.set(true);
}

/** Adds commands for as long as the component is shown. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  latest.current = commands;
  const names = commands.map(({ id, label }) => `${id} ${label}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names say when the list has changed; what each does is read when it is run
  useEffect(() => {
    const own = latest.current.map((command) => ({
      ...command,
      run: () => latest.current.find(({ id }) => id === command.id)?.run(),
    }));
    commandsOfPage.set([...commandsOfPage.get(), ...own]);
    return () => commandsOfPage.set(commandsOfPage.get().filter((command) => !own.includes(command)));
  }, [names]);
}
