import type { components } from '@afterword/client';
import { api, orThrow } from '../data/api.ts';

export type Me = components['schemas']['Me'];

/** Changes settings of the person; what is not named stays, and null goes back to the server's. */
export async function changeMe(body: components['schemas']['PreferenceChange']): Promise<Me> {
  return orThrow(await api.PATCH('/api/v1/me', { body }));
}
