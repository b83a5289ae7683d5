import { childrenOf, type JsonSchema, settingsJsonSchema } from './json-schema.ts';
import type { SectionName } from './settings.ts';

/** `choice` is one of a few words, `switch` is on or off, `list` also comes as text with commas, `table` has free keys. */
export type SettingKind = 'number' | 'switch' | 'choice' | 'text' | 'list' | 'table';

export interface Setting {
  /** As `--set` names it: `caching.embedding.entries`. */
  readonly path: string;
  readonly section: SectionName;
  readonly description: string;
  readonly kind: SettingKind;
  /** What a value may be, to stand behind "must be": "a whole number from 1 to 10". */
  readonly allowed: string;
  /** Undefined where there is none. */
  readonly default: unknown;
  /** Never shown. */
  readonly secret: boolean;
  /** The names that a table may have, where they are known: what stands below them can be set by itself. */
  readonly names: readonly string[] | undefined;
}

/** Every setting, by path, in the order of the sections. */
export const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  [...collect(settingsJsonSchema(), [], '')].map((setting) => [setting.path, setting]),
);

/** Every section and group of settings: `caching`, `caching.embedding`. */
export const GROUPS: ReadonlySet<string> = new Set([...SETTINGS.keys()].flatMap(ancestors));

/** The table of known names below which a path lies, and the rest of the path: `resilience.dependencies`, `[embedder, timeoutMs]`. */
export function tableAbove(
  path: string,
): { readonly table: Setting; readonly rest: readonly string[] } | undefined {
  for (const above of ancestors(path)) {
    const table = SETTINGS.get(above);
    if (table === undefined) continue;
    const rest = path.slice(above.length + 1).split('.');
    return table.names?.includes(rest[0]!) ? { table, rest } : undefined;
  }
  return undefined;
}

function ancestors(path: string): string[] {
  const names = path.split('.');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('.'));
}

function* collect(schema: JsonSchema, names: readonly string[], group: string): Generator<Setting> {
  const children = childrenOf(schema);
  if (children === undefined) {
    yield settingOf(schema, names, group);
    return;
  }
  // A section's description introduces it; that of a group within belongs to each of its settings.
  const prefix = names.length > 1 && schema.description !== undefined ? `${schema.description} ` : '';
  for (const [name, child] of Object.entries(children)) {
    if (name !== '$schema') yield* collect(child, [...names, name], prefix);
  }
}

function settingOf(schema: JsonSchema, names: readonly string[], group: string): Setting {
  const kind = kindOf(schema);
  return {
    path: names.join('.'),
    section: names[0] as SectionName,
    description: `${group}${schema.description ?? ''}`,
    kind,
    allowed: allowedBy(schema, kind),
    default: schema.default,
    secret: schema.writeOnly === true,
    names: namesOf(schema),
  };
}

function namesOf({ propertyNames }: JsonSchema): readonly string[] | undefined {
  const names = (propertyNames as JsonSchema | undefined)?.enum;
  return names?.map(String);
}

function kindOf(schema: JsonSchema): SettingKind {
  const types = [schema, ...(schema.anyOf ?? [])].map((one) => (one as JsonSchema).type);
  if (types.includes('boolean')) return 'switch';
  if (types.includes('array')) return 'list';
  if (types.includes('number') || types.includes('integer')) return 'number';
  if (types.includes('object')) return 'table';
  return schema.enum === undefined ? 'text' : 'choice';
}

function allowedBy(schema: JsonSchema, kind: SettingKind): string {
  switch (kind) {
    case 'number':
      return `${schema.type === 'integer' ? 'a whole number' : 'a number'}${rangeOf(schema)}`;
    case 'switch':
      return 'true or false';
    case 'choice':
      return `one of ${schema.enum!.join(', ')}`;
    case 'list':
      return 'a list, or text with commas';
    case 'table':
      return 'a table of names and their values';
    case 'text': {
      const example = schema.examples?.[0];
      const noun = schema.format === 'uri' ? 'a URL' : 'text';
      return example === undefined ? noun : `${noun} like ${example}`;
    }
  }
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  // JSON Schema bounds every integer by what a double can hold: that is no bound of ours.
  const top = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`;
  if (minimum !== undefined && top !== undefined) return ` from ${minimum} to ${top}`;
  return minimum === undefined ? '' : `, ${minimum} or more`;
}
