import { GroundspeedError } from '../kernel/errors.ts';

/**
 * The native packages are optional dependencies, loaded only when an engine is opened: whoever tests a remote target
 * needs no compiler.
 */
export async function loadSqlite(): Promise<typeof import('better-sqlite3')> {
  try {
    return (await import('better-sqlite3')).default;
  } catch (cause) {
    throw missing('better-sqlite3', cause);
  }
}

export async function loadHnsw(): Promise<typeof import('hnswlib-node')> {
  try {
    return (await import('hnswlib-node')).default;
  } catch (cause) {
    throw missing('hnswlib-node', cause);
  }
}

function missing(name: string, cause: unknown): GroundspeedError {
  return new GroundspeedError(
    'engine.nativeMissing',
    `The engine needs the native package ${name}, which could not be loaded`,
    {
      hint: 'Run `npm install better-sqlite3 hnswlib-node`: they are compiled on this machine, which takes Python 3, make and a C++ compiler.',
      cause,
    },
  );
}
