import { type ConfigSources, resolveSettings } from '../../src/config/resolve.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';

/** Resolves from what is given, with nothing from elsewhere. */
export function resolve(sources: Partial<ConfigSources> & { file?: string } = {}) {
  const { file, ...rest } = sources;
  return resolveSettings({
    env: {},
    sets: [],
    ...rest,
    ...(file === undefined ? {} : { fileText: { path: 'rag.yaml', text: file } }),
  });
}

/** The error that resolving ends in. */
export function refusal(sources: Parameters<typeof resolve>[0]): GroundspeedError {
  try {
    resolve(sources);
  } catch (error) {
    if (error instanceof GroundspeedError) return error;
    throw error;
  }
  throw new Error('these settings should have been refused');
}
