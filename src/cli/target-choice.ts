import { readFile } from 'node:fs/promises';
import type { Settings } from '../config/settings.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { describeTarget, parseTargetFile, type TargetDescription } from '../load/targets/http/description.ts';
import { hostAllowed, isLoopback } from '../load/targets/http/loopback.ts';
import type { TargetFlags } from './load-flags.ts';
import { shellWord } from './shell.ts';
import type { World } from './world.ts';

export const IN_PROCESS = 'in-process';

/**
 * The deployment that the flags and settings name, described and allowed; undefined where the engine of this process is
 * meant. A host beyond this machine must have been allowed: nobody sends load to the wrong place by a typing error.
 */
export async function chooseDeployment(
  world: World,
  flags: TargetFlags & { readonly target?: string },
  settings: Settings,
): Promise<TargetDescription | undefined> {
  const url =
    flags.target ?? settings.target.url ?? (flags.targetFile === undefined ? IN_PROCESS : undefined);
  if (url === IN_PROCESS) return undefined;
  if (url !== undefined && !URL.canParse(url)) {
    throw new GroundspeedError('usage.argument', `${JSON.stringify(url)} is neither in-process nor a URL`, {
      where: '--target',
      hint: 'Write for example --target http://127.0.0.1:8080',
    });
  }
  const section = flags.targetFile === undefined ? settings.target : await fromFile(flags.targetFile);
  const description = describeTarget(section, {
    env: world.env,
    ...(url !== undefined && { url }),
    ...(flags.preset !== undefined && { preset: flags.preset }),
  });
  refuseUnallowed(description, [...settings.load.allowTargets, ...(flags.allowTarget ?? [])]);
  return description;
}

export function isBeyondThisMachine(description: TargetDescription): boolean {
  return !isLoopback(description.url);
}

function refuseUnallowed({ url }: TargetDescription, allowed: readonly string[]): void {
  if (isLoopback(url) || hostAllowed(url, allowed)) return;
  const { hostname } = new URL(url);
  throw new GroundspeedError(
    'load.refused',
    `${hostname} is not this machine, and nothing says that load may be sent there`,
    {
      where: '--target',
      hint: `Where that is allowed: --allow-target ${shellWord(hostname)}, or load.allowTargets in the configuration file.`,
    },
  );
}

async function fromFile(path: string): Promise<Settings['target']> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new GroundspeedError('target.description', `Cannot read ${path}: ${messageOf(cause)}`, {
      where: path,
      hint: 'Name a file with --target-file, or leave it out for a preset.',
      cause,
    });
  });
  return parseTargetFile(text, path);
}
