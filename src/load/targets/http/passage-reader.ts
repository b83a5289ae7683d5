import type { TargetPassage } from '../../target.ts';
import type { Json } from './expressions.ts';
import { fieldsOf } from './malformed.ts';
import type { PassageIds } from './passage-ids.ts';
import type { ResponseReading } from './response-expressions.ts';

/** The passages of a response, and what was done with them as far as the target says so. */
export interface PassagesRead {
  readonly list: readonly TargetPassage[];
  /** How many of the passages, from the first, were shown to the model. */
  readonly contextSize: number | undefined;
  /** Indexes of the passages that the answer cites. */
  readonly citations: readonly number[] | undefined;
}

export class PassageReader {
  readonly #response: ResponseReading;
  readonly #ids: PassageIds;
  readonly #needsId: boolean;

  constructor(response: ResponseReading, ids: PassageIds, needsId: boolean) {
    this.#response = response;
    this.#ids = ids;
    this.#needsId = needsId;
  }

  /** @throws GroundspeedError target.malformed where a passage has no id, and needs one */
  read(items: readonly Json[], question: number): PassagesRead {
    return {
      list: items.map((item, index) => this.#passage(item, index + 1, question)),
      contextSize: this.#contextSize(items),
      citations: this.#citations(items),
    };
  }

  #passage(item: Json, rank: number, question: number): TargetPassage {
    const id = this.#response.text('passageId', item);
    if (id === undefined && this.#needsId) {
      throw this.#response.missing('passageId', item, `id of passage ${rank}`, (_, passage) =>
        fieldsOf(passage),
      );
    }
    const title = this.#response.text('passageTitle', item);
    const text = this.#response.text('passageText', item);
    const score = this.#response.number('passageScore', item);
    const start = this.#response.number('passageStart', item);
    const end = this.#response.number('passageEnd', item);
    return {
      documentId: this.#ids({ id, text, rank }, question),
      ...(title !== undefined && { title }),
      ...(score !== undefined && { score }),
      // One without the other says nothing.
      ...(start !== undefined && end !== undefined && { start, end }),
      ...(text !== undefined && { text }),
    };
  }

  /** A context that leaves passages out in the middle is not the first so many. */
  #contextSize(items: readonly Json[]): number | undefined {
    const shown = this.#flags('passageInContext', items);
    if (shown === undefined) return undefined;
    const size = shown.filter(Boolean).length;
    return shown.slice(0, size).every(Boolean) ? size : undefined;
  }

  #citations(items: readonly Json[]): readonly number[] | undefined {
    return this.#flags('passageCited', items)?.flatMap((cited, index) => (cited ? [index] : []));
  }

  /** Undefined where not every passage says. */
  #flags(field: 'passageInContext' | 'passageCited', items: readonly Json[]): readonly boolean[] | undefined {
    if (!this.#response.has(field) || items.length === 0) return undefined;
    const flags = items.map((item) => this.#response.flag(field, item));
    return flags.every((flag) => flag !== undefined) ? flags : undefined;
  }
}
