import type { SourceDocument } from '../../src/engine/ports.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';

const WORDS = Array.from({ length: 400 }, (_, index) => `word${index}`);

/** A document in one of its editions, counted from 1: the same number and edition, the same document. */
export function edition(number: number, version: number): SourceDocument {
  const random = seededRandom(`document ${number} edition ${version}`);
  const sentences = Array.from({ length: 2 + random.integer(4) }, () => sentence(random));
  return {
    id: `d${number}`,
    title: `Notice ${number}`,
    // Which edition it is can be read off its text alone, as a service answers with it.
    text: [`Notice ${number} in edition ${version}.`, ...sentences].join(' '),
    metadata: { edition: version },
  };
}

function sentence(random: Random): string {
  const word = (): string => WORDS[Math.floor(WORDS.length * random.next() ** 2)]!;
  return `The ${word()} of ${word()} is ${word()} and ${word()} by ${word()}.`;
}

/** A question that some documents have words for. */
export function question(random: Random): string {
  return `Which ${sentence(random).slice(4, -1)}?`;
}

/** Which editions of each document there may be by now: from the one that was acknowledged to the latest that was sent. */
export class Expectation {
  readonly #acknowledged = new Map<string, number>();
  readonly #sent = new Map<string, number>();

  sent({ id, metadata }: SourceDocument): void {
    this.#sent.set(id, Math.max(this.#sent.get(id) ?? 0, Number(metadata.edition)));
  }

  acknowledged({ id, metadata }: SourceDocument): void {
    this.#acknowledged.set(id, Math.max(this.#acknowledged.get(id) ?? 0, Number(metadata.edition)));
  }

  get acknowledgedIds(): readonly string[] {
    return [...this.#acknowledged.keys()];
  }

  /** The edition that was acknowledged last, or the first. */
  least(id: string): number {
    return this.#acknowledged.get(id) ?? 1;
  }

  wasSent(id: string, version: number): boolean {
    return version <= (this.#sent.get(id) ?? 0);
  }

  allows(id: string, version: number): boolean {
    return version >= this.least(id) && this.wasSent(id, version);
  }

  /** The edition of each document that was sent last: what there is in the end. */
  *latest(): Generator<SourceDocument> {
    for (const [id, version] of this.#sent) yield edition(Number(id.slice(1)), version);
  }

  nextEdition(number: number): SourceDocument {
    return edition(number, (this.#sent.get(`d${number}`) ?? 0) + 1);
  }
}
