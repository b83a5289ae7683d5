import { corruptLine, excerpt, type Line, parseJsonLine } from './lines.ts';

/**
 * The fields of one JSON object, read with their types checked by hand: a schema library would take longer over a
 * large corpus than parsing its JSON does. Every refusal names the line and the field.
 */
export class Fields {
  readonly where: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>, where: string) {
    this.#values = values;
    this.where = where;
  }

  static ofLine(line: Line, file: string): Fields {
    return new Fields(parseJsonLine(line, file), `${file}:${line.number}`);
  }

  /** The field's value; null counts as absent. */
  value(name: string): unknown {
    return this.#values[name] ?? undefined;
  }

  /** An id under the first of these names that is there. Whole numbers are taken as their digits. */
  id(...names: readonly string[]): string {
    const id = this.optionalId(...names);
    if (id === undefined) throw this.wrong(names[0] ?? 'id', 'is missing');
    return id;
  }

  optionalId(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const value = this.value(name);
      if (value === undefined) continue;
      const id = Number.isSafeInteger(value) ? String(value) : value;
      if (typeof id !== 'string' || id.trim() === '')
        throw this.wrong(name, 'must be a text that is not empty');
      return id;
    }
    return undefined;
  }

  text(name: string): string {
    const text = this.optionalText(name);
    if (text === undefined) throw this.wrong(name, 'is missing');
    return text;
  }

  optionalText(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.wrong(name, 'must be a text');
  }

  /** A list of texts, or one text for a list of one; empty when absent or a blank text. */
  texts(name: string): readonly string[] {
    const value = this.value(name);
    if (value === undefined || (typeof value === 'string' && value.trim() === '')) return [];
    const list = Array.isArray(value) ? value : [value];
    return list.map((item: unknown) => {
      const text = typeof item === 'number' ? String(item) : item;
      if (typeof text !== 'string' || text.trim() === '') {
        throw this.wrong(name, 'must be a list of texts that are not empty');
      }
      return text;
    });
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.value(name);
    if (value === undefined) return otherwise;
    if (typeof value !== 'boolean') throw this.wrong(name, 'must be true or false');
    return value;
  }

  /** A JSON object; empty when absent. */
  object(name: string): Readonly<Record<string, unknown>> {
    const value = this.value(name) ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) throw this.wrong(name, 'must be a JSON object');
    return value as Record<string, unknown>;
  }

  wrong(name: string, problem: string): Error {
    const value = this.value(name);
    const found = value === undefined ? '' : `, not ${excerpt(JSON.stringify(value))}`;
    return corruptLine(this.where, `cannot be used: \`${name}\` ${problem}${found}`, {
      hint: `Mend \`${name}\` in that line.`,
    });
  }
}
