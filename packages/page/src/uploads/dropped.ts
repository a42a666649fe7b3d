/** The files of what was dropped or chosen, folders with all that is in them. */

/** What systems and cameras leave in folders; it is no recording. */
const HIDDEN = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

export function chosenFiles(list: FileList | null): File[] {
  return [...(list ?? [])].filter(({ name }) => !HIDDEN.test(name));
}

/** Must be called while the event is handled: the browser takes the items away afterwards. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<File[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return chosenFiles(files);
  const all: File[] = [];
  for (const entry of entries) await collect(entry, all, true);
  return all;
}

async function collect(entry: FileSystemEntry, all: File[], isNamed: boolean): Promise<void> {
  // A file that somebody has dropped itself is meant.
  if (!isNamed && HIDDEN.test(entry.name)) return;
  if (entry.isFile) {
    const file = await new Promise<File | null>((resolve) =>
      (entry as FileSystemFileEntry).file(resolve, () => resolve(null)),
    );
    if (file) all.push(file);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // It gives a hundred at a time, and none when there are no more.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (some.length === 0) return;
    for (const one of some) await collect(one, all, false);
  }
}
