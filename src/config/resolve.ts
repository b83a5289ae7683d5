import type { z } from 'zod';
import { GroundspeedError } from '../kernel/errors.ts';
import { checkTogether, warningsAbout } from './checks.ts';
import { type Environment, readEnvironment, unsupportedVariables } from './environment.ts';
import { type ConfigFile, readConfigFile } from './file.ts';
import { type Assignment, readAssignments } from './flags.ts';
import { type Given, mergeLayers, mustBe, type SettingSource } from './layers.ts';
import { showValue } from './redact.ts';
import { SETTINGS } from './setting.ts';
import { type Settings, settingsSchema } from './settings.ts';

export interface ConfigSources {
  readonly fileText?: ConfigFile;
  readonly env: Environment;
  /** The values of `--set`, in their order. */
  readonly sets: readonly string[];
  /** What else the command line gives, after them. */
  readonly assignments?: readonly Assignment[];
}

export interface ResolvedSettings {
  readonly settings: Settings;
  /** Where each setting's value comes from, by path. */
  readonly sources: ReadonlyMap<string, SettingSource>;
  readonly warnings: readonly string[];
}

/**
 * The settings in force: defaults, overruled by the file, by the environment, and by flags.
 *
 * @throws GroundspeedError config.unreadable for a file that is neither JSON nor YAML; config.invalid with every wrong
 *   setting; config.unsupported where all that is wrong asks for what this version lacks.
 */
export function resolveSettings({ fileText, env, sets, assignments = [] }: ConfigSources): ResolvedSettings {
  const file = fileText === undefined ? [] : [readConfigFile(fileText)];
  const flags = [...sets.map((text) => ({ by: '--set', text })), ...assignments];
  const layer = mergeLayers([...file, readEnvironment(env), readAssignments(flags)]);
  const inForce = overrule(layer.given);
  const content = nest(inForce.values());

  const invalid = [...layer.problems, ...validate(content, inForce)];
  const unsupported = unsupportedVariables(env);
  if (invalid.length + unsupported.length > 0) refuse(invalid, unsupported);

  const settings = settingsSchema.parse(content);
  const sources = new Map<string, SettingSource>();
  for (const path of SETTINGS.keys()) sources.set(path, inForce.get(path)?.origin.source ?? 'default');
  return { settings, sources, warnings: warningsAbout(settings) };
}

function refuse(invalid: readonly string[], unsupported: readonly string[]): never {
  const problems = [...invalid, ...unsupported];
  const count = problems.length === 1 ? 'One setting is wrong' : `${problems.length} settings are wrong`;
  throw new GroundspeedError(invalid.length > 0 ? 'config.invalid' : 'config.unsupported', count, {
    problems,
    hint: '`groundspeed config schema` describes every setting, as docs/settings.md does.',
  });
}

/** The last word on each setting; a null takes back what was said before it. */
function overrule(given: readonly Given[]): Map<string, Given> {
  const inForce = new Map<string, Given>();
  for (const one of given) {
    if (one.within !== undefined) {
      inForce.set(one.path, {
        ...one,
        value: withPlace(inForce.get(one.path)?.value, one.within, one.value),
      });
    } else if (one.value === null) inForce.delete(one.path);
    else inForce.set(one.path, one);
  }
  return inForce;
}

/** A copy of a table with one place set, or taken out where the value is null. What is no table is left to be complained of. */
function withPlace(table: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  if (table !== undefined && (typeof table !== 'object' || table === null || Array.isArray(table)))
    return table;
  const { [name]: known, ...others } = (table ?? {}) as Content;
  const inner = withPlace(known, rest, value);
  return inner === null ? others : { ...others, [name]: inner };
}

interface Content {
  [name: string]: unknown;
}

function nest(given: Iterable<Given>): Content {
  const content: Content = {};
  for (const { path, value } of given) {
    const names = path.split('.');
    const last = names.pop()!;
    let group = content;
    for (const name of names) {
      group[name] ??= {};
      group = group[name] as Content;
    }
    group[last] = SETTINGS.get(path)!.kind === 'number' ? numberOrText(value) : value;
  }
  return content;
}

/** zod reads numbers from text as JavaScript does, for which true, a blank and an empty list are numbers too. */
function numberOrText(value: unknown): unknown {
  const isText = typeof value === 'string' && value.trim() !== '';
  return isText || typeof value === 'number' ? value : Number.NaN;
}

/** Section by section, so that a fault in one hides neither those of another nor what is wrong between others. */
function validate(content: Content, inForce: ReadonlyMap<string, Given>): string[] {
  const problems: string[] = [];
  const sound: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(settingsSchema.shape)) {
    const result = schema.safeParse(content[name]);
    if (result.success) sound[name] = result.data;
    for (const issue of result.error?.issues ?? []) {
      problems.push(describe([name, ...issue.path], issue, inForce));
    }
  }
  return [...problems, ...checkTogether(sound as Partial<Settings>)];
}

function describe(
  at: readonly PropertyKey[],
  issue: z.core.$ZodIssue,
  inForce: ReadonlyMap<string, Given>,
): string {
  const names = at.map(String);
  const depth = names.findIndex((_, index) => SETTINGS.has(names.slice(0, index + 1).join('.'))) + 1;
  const setting = SETTINGS.get(names.slice(0, depth).join('.'))!;
  const given = inForce.get(setting.path);
  const from = given?.origin.label ?? 'the default';
  if (issue.code === 'custom') {
    const value = showValue(setting, given?.value ?? setting.default);
    return `${names.join('.')}: ${issue.message}, but ${from} says ${value}`;
  }
  if (depth === names.length && given !== undefined) return mustBe(setting, given);
  return `${names.join('.')}: ${issue.message} (${from})`;
}
