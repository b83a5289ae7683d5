import { messageOf } from '../kernel/errors.ts';

export interface ErrorClass {
  readonly name: string;
  readonly count: number;
  readonly example: string;
}

/** Failures by class, over a whole run, with one example each. */
export class ErrorClasses {
  readonly #classes: { readonly name: string; count: number; readonly example: string }[] = [];
  readonly #codes = new Map<string, number>();

  /** The number of the class, from 1. */
  count(thrown: unknown): number {
    const name = classOf(thrown);
    let code = this.#codes.get(name);
    if (code === undefined) {
      this.#classes.push({ name, count: 0, example: messageOf(thrown).slice(0, 500) });
      code = this.#classes.length;
      this.#codes.set(name, code);
    }
    return this.countAgain(code);
  }

  /** One more failure of a class that is known by its number. */
  countAgain(code: number): number {
    this.#classes[code - 1]!.count += 1;
    return code;
  }

  list(): readonly ErrorClass[] {
    return this.#classes;
  }

  /** Takes over the classes of another list. Gives the number here of each number there, from 1. */
  adopt(others: readonly ErrorClass[]): Uint16Array {
    const numbers = new Uint16Array(others.length + 1);
    for (const [index, { name, count, example }] of others.entries()) {
      let code = this.#codes.get(name);
      if (code === undefined) {
        this.#classes.push({ name, count: 0, example });
        code = this.#classes.length;
        this.#codes.set(name, code);
      }
      this.#classes[code - 1]!.count += count;
      numbers[index + 1] = code;
    }
    return numbers;
  }
}

/** The `code` of the error, which every error of the catalogue and those of the operating system (ECONNRESET) have. */
function classOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && code !== '' ? code : 'unknown';
}
