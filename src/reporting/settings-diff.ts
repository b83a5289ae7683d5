import type { RunRecord } from '../records/schema.ts';
import { MISSING } from './format.ts';
import { clip, oneLine } from './plain.ts';

/** By which settings variants differ: those that are set for one and not the same for all. */
export interface SettingRow {
  readonly path: string;
  /** Of each variant, in their order: what it sets, else what the run was configured with. */
  readonly values: readonly string[];
  /** Of each variant: whether it sets it itself. */
  readonly own: readonly boolean[];
}

const LONGEST = 120;

export function settingRows({ comparison, config }: Pick<RunRecord, 'comparison' | 'config'>): SettingRow[] {
  const variants = (comparison?.variants ?? []).map(({ settings }) => new Map(settings.map(split)));
  const paths = [...new Set(variants.flatMap((settings) => [...settings.keys()]))].sort();
  return paths
    .map((path) => ({
      path: clip(oneLine(path), LONGEST),
      values: variants.map((settings) => shown(settings.get(path) ?? configured(config, path))),
      own: variants.map((settings) => settings.has(path)),
    }))
    .filter(({ values }) => new Set(values).size > 1);
}

function split(setting: string): [path: string, value: string] {
  const at = setting.indexOf('=');
  return at === -1 ? [setting, ''] : [setting.slice(0, at), setting.slice(at + 1)];
}

/** The value of a dotted path of the configuration; a dash where it holds none. */
function configured(config: RunRecord['config'], path: string): string {
  let value: unknown = config;
  for (const key of path.split('.'))
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined;
  if (value === undefined || value === null) return MISSING;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const shown = (value: string): string => clip(oneLine(value), LONGEST) || MISSING;
