/** `afterword audio-keys`: which keys the stored audio needs, and changing to the newest one. */
import { secretBox } from '../sign-in/secret-box.ts';
import { keysInUse, resealAll } from '../store/blobs/encrypted/reseal.ts';
import { onDatabase } from './on-database.ts';
import { tableOf } from './table.ts';

export async function runListAudioKeys(): Promise<void> {
  const { used, names } = await onDatabase(async (db, { audioKeys }) => ({
    used: await keysInUse(db),
    names: secretBox(audioKeys).names,
  }));
  const unused = names.filter((name) => !used.some((one) => one.name === name));
  const all = [...used, ...unused.map((name) => ({ name, objects: 0 }))];
  if (all.length === 0) {
    console.log('No audio is encrypted, and AFTERWORD_AUDIO_KEY holds no key.');
    return;
  }
  const place = (name: string) => {
    const at = names.indexOf(name);
    return at === -1 ? 'not in AFTERWORD_AUDIO_KEY' : at === 0 ? 'the newest, encrypts' : 'decrypts only';
  };
  console.log(
    tableOf([
      ['key', 'objects', ''],
      ...all.map(({ name, objects }) => [name, String(objects), place(name)]),
    ]),
  );
}

export async function runReseal(): Promise<void> {
  await onDatabase(async (db, { audioKeys }) => {
    if (audioKeys.length === 0) throw new Error('AFTERWORD_AUDIO_KEY holds no key.');
    const done = await resealAll(db, secretBox(audioKeys), (count) => console.error(`${count} objects …`));
    console.log(
      `${done} objects were sealed with the newest key. Processes that still write with an older one need it: take it out of AFTERWORD_AUDIO_KEY only when afterword audio-keys list shows no object of it and all processes have the newest.`,
    );
  });
}
