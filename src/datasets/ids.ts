import { GroundspeedError } from '../kernel/errors.ts';

/** Remembers where each id was first seen, and refuses to see it again (`dataset.duplicate`). */
export class UniqueIds {
  readonly #kind: 'document' | 'question';
  readonly #seen = new Map<string, string>();

  constructor(kind: 'document' | 'question') {
    this.#kind = kind;
  }

  add(id: string, where: string): void {
    const first = this.#seen.get(id);
    if (first !== undefined) {
      throw new GroundspeedError(
        'dataset.duplicate',
        `Two ${this.#kind}s bear the id ${JSON.stringify(id)}: ${first} and ${where}.`,
        { where, hint: `Give each ${this.#kind} an id of its own, or remove one of the two lines.` },
      );
    }
    this.#seen.set(id, where);
  }
}

export function refuseDuplicates(
  questions: readonly { readonly question: { readonly id: string }; readonly where: string }[],
): void {
  const ids = new UniqueIds('question');
  for (const { question, where } of questions) ids.add(question.id, where);
}
