import { excerpt } from '../lines.ts';
import type { Losses } from '../loss.ts';
import { refused } from './source.ts';

/** Where something stands, found when it is asked for. */
export type Where = (field?: string) => string;

/**
 * One record of an export (a line, a row, an item of a list), read field by field. It remembers what was asked for, so
 * that whatever else the record holds is reported as lost. Every refusal is `dataset.import`, with file, line and field.
 */
export class Entry {
  readonly where: Where;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #used = new Set<string>();

  constructor(values: Readonly<Record<string, unknown>>, where: Where) {
    this.#values = new Map(Object.entries(values));
    this.where = where;
  }

  get names(): string[] {
    return [...this.#values.keys()];
  }

  /** The field as it stands; it does not count as asked for. */
  raw(name: string): unknown {
    return this.#values.get(name);
  }

  /** The first of these fields that is there and not null. */
  value(...names: readonly string[]): unknown {
    return this.#first(names)?.value;
  }

  /** The name under which one of these fields is there. */
  nameOf(...names: readonly string[]): string | undefined {
    return this.#first(names)?.name;
  }

  has(...names: readonly string[]): boolean {
    return this.#first(names) !== undefined;
  }

  #first(names: readonly string[]): { name: string; value: unknown } | undefined {
    for (const name of names) {
      const value = this.#values.get(name);
      if (value === undefined || value === null) continue;
      this.#used.add(name);
      return { name, value };
    }
    return undefined;
  }

  /** A text that may be blank; numbers and booleans are taken as written. */
  text(...names: readonly string[]): string {
    const text = this.optionalText(...names);
    if (text === undefined) throw this.wrong(names[0] ?? '', 'is missing');
    return text;
  }

  optionalText(...names: readonly string[]): string | undefined {
    const found = this.#first(names);
    if (found === undefined) return undefined;
    const text = plainText(found.value);
    if (text === undefined) throw this.wrong(found.name, 'must be a text');
    return text;
  }

  /** A text that is not blank, or nothing. */
  filledText(...names: readonly string[]): string | undefined {
    const text = this.optionalText(...names);
    return text === undefined || text.trim() === '' ? undefined : text;
  }

  /** A list of texts, or one text for a list of one. Blank ones are no texts, and are left out. */
  texts(...names: readonly string[]): readonly string[] {
    const found = this.#first(names);
    if (found === undefined) return [];
    const list = Array.isArray(found.value) ? found.value : [found.value];
    return list
      .map((item: unknown) => {
        const text = plainText(item);
        if (text === undefined) throw this.wrong(found.name, 'must be a list of texts');
        return text;
      })
      .filter((text) => text.trim() !== '');
  }

  boolean(name: string): boolean | undefined {
    const found = this.#first([name]);
    if (found === undefined || found.value === '') return undefined;
    const said = typeof found.value === 'string' ? found.value.trim().toLowerCase() : found.value;
    if (said === true || said === 'true' || said === 'yes' || said === '1' || said === 1) return true;
    if (said === false || said === 'false' || said === 'no' || said === '0' || said === 0) return false;
    throw this.wrong(name, 'must be true or false');
  }

  wrong(name: string, problem: string, hint?: string): Error {
    const value = this.#values.get(name);
    const found = value === undefined || value === null ? '' : `, not ${excerpt(shown(value))}`;
    return refused(this.where(name), `cannot be taken over: \`${name}\` ${problem}${found}`, {
      hint: hint ?? `Mend \`${name}\` there; or name another field for it with --map.`,
    });
  }

  /** Counts fields that were seen on purpose as read: they are reported elsewhere. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#used.add(name);
  }

  /** Reports every field with something in it that nobody asked for. */
  reportRest(losses: Losses, thing = 'question'): void {
    for (const [name, value] of this.#values) {
      if (this.#used.has(name) || isNothing(value)) continue;
      losses.add({
        kind: 'field',
        of: 'detail',
        what: `the field ${excerpt(name)} of a ${thing} has no place in a golden set`,
        where: () => this.where(name),
        found: shown(value),
      });
    }
  }
}

export function plainText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && Object.keys(value).length === 0);

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Whether a value is an object of JSON: no list, no null. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
