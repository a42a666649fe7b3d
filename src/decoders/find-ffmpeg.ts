import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** @returns the path of the ffmpeg to use; null if there is none, or it is switched off */
export function findFfmpeg(setting: string | undefined, path: string | undefined): string | null {
  if (setting === 'off') return null;
  const places = setting
    ? [resolve(setting)]
    : (path ?? '').split(delimiter).flatMap((folder) => (folder === '' ? [] : join(folder, 'ffmpeg')));
  return places.find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
