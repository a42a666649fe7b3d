/** A typed client of Afterword's API, for browsers and Node 20 and later. */
export { type AfterwordClient, type ClientOptions, createClient } from './client.ts';
export { type AfterwordEvent, type FollowOptions, follow } from './follow.ts';
export { AfterwordProblem, orThrow, problemOf } from './problem.ts';
export type { components, paths, webhooks } from './schema.ts';
export { type FileToSend, type SendOptions, sendFiles } from './send-files.ts';

import type { components } from './schema.ts';

type Schemas = components['schemas'];
export type Conversation = Schemas['Conversation'];
export type Recording = Schemas['Recording'];
export type Upload = Schemas['Upload'];
