import { MATCHED_OTHER } from '../records/columns.ts';

/**
 * Numbers of the golden questions by their words, for joining what a semantic cache matched. Words are compared trimmed and
 * in Unicode's composed form: so a target sees them. Nothing is indexed before the first match.
 */
export class QuestionNumbers {
  readonly #texts: readonly string[];
  #first: Map<string, number> | undefined;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  /**
   * As the column `matched` has it: the index plus one, or MATCHED_OTHER. Of golden questions with the same words the asked
   * one is meant where it is among them, and else the first.
   */
  columnValue(asked: number, matched: string): number {
    const text = alike(matched);
    if (alike(this.#texts[asked] ?? '') === text) return asked + 1;
    this.#first ??= this.#index();
    const index = this.#first.get(text);
    return index === undefined ? MATCHED_OTHER : index + 1;
  }

  #index(): Map<string, number> {
    const first = new Map<string, number>();
    for (const [index, text] of this.#texts.entries()) {
      const words = alike(text);
      if (!first.has(words)) first.set(words, index);
    }
    return first;
  }
}

const alike = (text: string): string => text.trim().normalize('NFC');
