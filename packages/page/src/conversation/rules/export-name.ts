/** Names of files that are saved. Pure. */

export type ExportFormat = 'md' | 'text' | 'srt' | 'vtt' | 'json' | 'ogg' | 'wav';

const EXTENSIONS: Record<ExportFormat, string> = {
  md: 'md',
  text: 'txt',
  srt: 'srt',
  vtt: 'vtt',
  json: 'json',
  ogg: 'ogg',
  wav: 'wav',
};

const LONGEST_TITLE = 80;

/** @returns as `2026-03-14 09.26 Roof of the old mill.md`: sorted by time, and allowed by every file system */
export function fileNameOf(
  { title, startedAtMs }: { title: string | null; startedAtMs: number },
  format: ExportFormat,
  timeZone: string,
): string {
  const time = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone })
    .format(startedAtMs)
    .replaceAll(':', '.');
  // What Windows, macOS or a shell would not take, and what cannot be seen.
  const plain = (title ?? '')
    .replace(/[\\/:*?"<>|\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const short = [...plain]
    .slice(0, LONGEST_TITLE)
    .join('')
    .replace(/[. ]+$/, '');
  return `${[time, short].filter(Boolean).join(' ')}.${EXTENSIONS[format]}`;
}
