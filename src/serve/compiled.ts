/**
 * Node turns TypeScript into JavaScript with a program that takes 25 MB in each process and thread, unless it finds there
 * what an earlier start has compiled. That lies with the code, and is bounded by the number of its files. Where the folder
 * cannot be written, nothing is kept.
 */
import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

export const KEPT = fileURLToPath(new URL('../../node_modules/.cache/afterword/', import.meta.url));

/** For the environment of a child: its own code and that of its threads are kept there. */
export const COMPILED = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? KEPT };

/** A process that is killed later leaves to the next one what it has compiled for its start. */
export function keepCompiled(): void {
  flushCompileCache();
}
