import { readFile } from 'node:fs/promises';
import { configPath } from '../config/environment.ts';
import type { Assignment } from '../config/flags.ts';
import { type ResolvedSettings, resolveSettings } from '../config/resolve.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import type { SettingFlags } from './flags.ts';
import type { World } from './world.ts';

/** The settings that the file, the environment and the flags give; `assignments` are what flags other than --set stand for. */
export async function loadSettings(
  { env }: World,
  { config, set = [] }: SettingFlags,
  assignments: readonly Assignment[] = [],
): Promise<ResolvedSettings> {
  const path = configPath(env, config);
  return resolveSettings({
    ...(path !== undefined && { fileText: { path, text: await readConfig(path) } }),
    env,
    sets: set,
    assignments,
  });
}

async function readConfig(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new GroundspeedError('config.unreadable', `Cannot read ${path}: ${messageOf(cause)}`, {
      where: path,
      hint: 'Name another file with --config, or unset RAG_CONFIG_PATH.',
      cause,
    });
  }
}
