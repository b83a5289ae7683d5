import { nearest } from '../text/nearest.ts';
import { showValue } from './redact.ts';
import { GROUPS, SETTINGS, type Setting, tableAbove } from './setting.ts';

/** Who has the say over a setting; a later one overrules those before it. */
export type SettingSource = 'default' | 'file' | 'environment' | 'flag';

export interface Origin {
  readonly source: Exclude<SettingSource, 'default'>;
  /** As a message names it: `rag.yaml:3`, `CHUNK_SIZE`, `--set`, `--profile`. */
  readonly label: string;
}

/** A setting as somebody gave it. A null stands for the default, whatever was given before. */
export interface Given {
  readonly path: string;
  readonly value: unknown;
  readonly origin: Origin;
  /** Of a table, the one place that is given; the rest of it stays. Left out: the whole. */
  readonly within?: readonly string[];
}

/** What one source gives, and what is wrong with it: a line each. */
export interface Layer {
  readonly given: readonly Given[];
  readonly problems: readonly string[];
}

/** The settings in a value that stands at `names`: in the whole of a file, in a section, or in a single setting. */
export function readSettings(
  value: unknown,
  names: readonly string[],
  originOf: (names: readonly string[]) => Origin,
): Layer {
  const given: Given[] = [];
  const problems: string[] = [];
  const walk = (inner: unknown, at: readonly string[]): void => {
    const path = at.join('.');
    const origin = originOf(at);
    const setting = SETTINGS.get(path);
    const below = tableAbove(path);
    if (below !== undefined) {
      given.push({ path: below.table.path, value: inner, origin, within: below.rest });
    } else if (setting !== undefined) {
      given.push({ path, value: inSmallLetters(setting, inner), origin });
    } else if (path !== '' && !GROUPS.has(path)) {
      problems.push(
        `${shortened(at)}: ${origin.label} names a setting that does not exist${suggestion(path)}`,
      );
    } else if (inner === null) {
      for (const known of settingsBelow(path)) given.push({ path: known, value: null, origin });
    } else if (typeof inner === 'object' && !Array.isArray(inner)) {
      for (const [name, child] of Object.entries(inner)) walk(child, [...at, name]);
    } else {
      problems.push(noTable(path, origin));
    }
  };
  walk(value, names);
  return { given, problems };
}

/** "must be a whole number from 16 to 4096, but CHUNK_SIZE says "abc"", with the path before it. */
export function mustBe(setting: Setting, given: Pick<Given, 'value' | 'origin'>): string {
  return `${setting.path}: must be ${setting.allowed}, but ${given.origin.label} says ${showValue(setting, given.value)}`;
}

/** Words are known in small letters; shells and other programs also write True, INFO or LSA. */
function inSmallLetters({ kind }: Setting, value: unknown): unknown {
  return typeof value === 'string' && (kind === 'switch' || kind === 'choice') ? value.toLowerCase() : value;
}

/** A name that nobody knows may hold a secret after a forgotten blank: `apiKey:…`. */
function shortened(names: readonly string[]): string {
  const heads = names.map((name) => {
    const head = /^[\w$.-]{0,40}/.exec(name)![0];
    return head === name ? name : `${head}…`;
  });
  return heads.join('.');
}

function settingsBelow(path: string): string[] {
  return [...SETTINGS.keys()].filter((known) => path !== '' && known.startsWith(`${path}.`));
}

function noTable(path: string, { label }: Origin): string {
  return path === ''
    ? `${label}: must be a table of settings, such as retrieval: { topK: 10 }`
    : `${path}: is a group of settings (${settingsBelow(path)[0]}, say), but ${label} gives it a value of its own`;
}

/** The nearest name in the same group, or the settings anywhere that bear this name, else the nearest path. */
function suggestion(path: string): string {
  const names = path.split('.');
  const last = names.at(-1)!;
  const group = names.slice(0, -1).join('.');
  const isGroup = GROUPS.has(group);
  const same = namesakes(last);
  const likely =
    (isGroup ? nearestWithin(group, last) : undefined) ??
    (same.length === 1 ? same[0] : undefined) ??
    (isGroup ? undefined : nearest(path, [...SETTINGS.keys(), ...GROUPS])) ??
    (same.length > 1 && same.length <= MOST_NAMESAKES ? same.join(' or ') : undefined);
  return likely === undefined ? '' : `; did you mean ${likely}?`;
}

function nearestWithin(group: string, name: string): string | undefined {
  const within = [...SETTINGS.keys(), ...GROUPS]
    .filter((path) => path.startsWith(`${group}.`))
    .map((path) => path.slice(group.length + 1));
  const found = within.find((known) => isSameName(known, name)) ?? nearest(name, within);
  return found === undefined ? undefined : `${group}.${found}`;
}

/** More than these would be no hint. */
const MOST_NAMESAKES = 3;

/** Settings of that name, whatever their group. */
function namesakes(name: string): string[] {
  return [...SETTINGS.keys()].filter((path) => isSameName(path.slice(path.lastIndexOf('.') + 1), name));
}

function isSameName(a: string, b: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[_-]/g, '');
  return plain(a) === plain(b);
}

/** One after another, in the order of their say. */
export function mergeLayers(layers: readonly Layer[]): Layer {
  return {
    given: layers.flatMap(({ given }) => given),
    problems: layers.flatMap(({ problems }) => problems),
  };
}
