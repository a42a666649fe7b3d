import { openAsBlob } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface SampleFile {
  name: string;
  blob: Blob;
}

/** The recordings of a folder, by name; their bytes are read when they are sent. */
export async function readFolder(folder: string): Promise<SampleFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.bin')).sort();
  return Promise.all(names.map(async (name) => ({ name, blob: await openAsBlob(join(folder, name)) })));
}
