import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import type { TargetOptions } from '../../load/options.ts';
import { describeTarget, type TargetDescription } from '../../load/targets/http/description.ts';
import { expandReferences } from '../../load/targets/http/environment-references.ts';
import { secretsOf } from '../../load/targets/http/secrets.ts';
import { freePort } from '../../system/free-port.ts';
import { startTarget } from './started-target.ts';

/** A service of the user's own that is started for us, again and again. */
export interface Service {
  start(signal?: AbortSignal): Promise<RunningService>;
}

export interface DescribedService extends Service {
  /** As it will be, but for its port. */
  readonly preview: TargetDescription;
}

export interface RunningService {
  readonly description: TargetDescription;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that its commands run in. */
  readonly cwd?: string | undefined;
  /** Overrules the settings, as a flag does. */
  readonly url?: string | undefined;
  readonly preset?: string | undefined;
  readonly clock: Clock;
}

/** Stands for a free port, another one for each start. */
const PORT = /\{\{\s*port\s*\}\}/g;

const SECRET_NAME = /KEY|TOKEN|SECRET|PASSW|CREDENTIAL/i;
const LEAST_SECRET_LENGTH = 4;

/**
 * The service that the settings below `target` describe; undefined where they say nothing of how it is started. `{{port}}`
 * in its URL, commands and environment is a free port, so that several can run at once.
 *
 * @throws GroundspeedError target.description with everything that is wrong with it
 */
export function serviceOf(section: TargetOptions, options: ServiceOptions): DescribedService | undefined {
  if (section.start === undefined) return undefined;
  // What is wrong is said before anything is started.
  const { description } = describe(section, options, 1);
  return { preview: description, start: (signal) => startService(section, options, signal) };
}

interface Described {
  readonly section: TargetOptions;
  readonly description: TargetDescription;
  /** What its commands see besides the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
}

function describe(section: TargetOptions, options: ServiceOptions, port: number): Described {
  const { env, url, preset } = options;
  const filled = withPort(section, port);
  const description = describeTarget(filled, {
    env,
    ...(url !== undefined && { url: url.replaceAll(PORT, String(port)) }),
    ...(preset !== undefined && { preset }),
  });
  const problems: string[] = [];
  const own = Object.entries(filled.env).map(([name, text]) => {
    const { value, problems: faults } = expandReferences(text, env);
    problems.push(...faults.map((fault) => `target.env.${name}: ${fault}`));
    return [name, value] as const;
  });
  if (problems.length > 0) {
    throw new GroundspeedError('target.description', 'The service cannot be started as it is described', {
      where: 'target.env',
      problems,
    });
  }
  return { section: filled, description, env: Object.fromEntries(own) };
}

async function startService(
  given: TargetOptions,
  options: ServiceOptions,
  signal: AbortSignal | undefined,
): Promise<RunningService> {
  const { section, description, env } = describe(given, options, await freePort());
  const whole = { ...options.env, ...env };
  const started = await startTarget({
    start: section.start!,
    stop: section.stop,
    ready: new URL(section.ready, new URL(description.url).origin).href,
    env: whole,
    cwd: options.cwd,
    secrets: [...secretsOf(description.headers), ...secretsIn(whole)],
    startTimeout: section.startTimeoutMs,
    clock: options.clock,
    signal,
  });
  return { description, stop: () => started.stop() };
}

function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value = '']) =>
    SECRET_NAME.test(name) && value.length >= LEAST_SECRET_LENGTH ? [value] : [],
  );
}

function withPort(section: TargetOptions, port: number): TargetOptions {
  const fill = (text: string): string => text.replaceAll(PORT, String(port));
  const { url, start, stop, ready, env } = section;
  return {
    ...section,
    ...(url !== undefined && { url: fill(url) }),
    ...(start !== undefined && { start: fill(start) }),
    ...(stop !== undefined && { stop: fill(stop) }),
    ready: fill(ready),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
  };
}
