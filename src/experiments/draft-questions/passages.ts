import type { CorpusDocument } from '../../datasets/golden.ts';
import type { Span } from '../../datasets/quotes.ts';
import { chunkText } from '../../engine/chunking/chunk.ts';
import { type Random, shuffle } from '../../kernel/random.ts';
import { countTokens } from '../../text/tokens.ts';

/** A stretch of a document that a question is drafted from. */
export interface DraftPassage extends Span {
  readonly document: CorpusDocument;
  readonly text: string;
}

export interface ChunkingOptions {
  readonly size: number;
  readonly overlap: number;
}

/** Tokens below which a passage says too little to ask about. */
const FEWEST_TOKENS = 12;
/** Characters of a passage that are shown: a chunk has few tokens, but between them anything may stand. */
const LONGEST = 6000;
/** Passages among which one is looked for that suits a kind of question. */
const LOOKED_THROUGH = 60;

/**
 * Passages for drafts, seeded and spread: one of every document before a second of any, and within a document in random
 * order, so that all of its sections have their turn. When all are used it begins again. Documents are cut as they
 * are needed.
 */
export class PassagePool {
  readonly #documents: readonly CorpusDocument[];
  readonly #chunking: ChunkingOptions;
  readonly #random: Random;
  readonly #passages = new Map<string, readonly DraftPassage[]>();
  readonly #waiting: DraftPassage[] = [];
  #turn = 0;
  #at = 0;

  constructor(documents: readonly CorpusDocument[], chunking: ChunkingOptions, random: Random) {
    this.#documents = shuffle(documents.slice(), random.fork('documents'));
    this.#chunking = chunking;
    this.#random = random;
  }

  /** The next passage, or the next that `suits`, where one of the coming ones does. Undefined where there is none at all. */
  next(suits: (passage: DraftPassage) => boolean = () => true): DraftPassage | undefined {
    while (this.#waiting.length < LOOKED_THROUGH) {
      const passage = this.#deal();
      if (passage === undefined) break;
      this.#waiting.push(passage);
      if (suits(passage)) break;
    }
    const found = this.#waiting.findIndex(suits);
    return this.#waiting.splice(Math.max(0, found), 1)[0];
  }

  /** A document's passages, in an order of their own. */
  passagesOf(document: CorpusDocument): readonly DraftPassage[] {
    const known = this.#passages.get(document.id);
    if (known !== undefined) return known;
    const all = chunkText(document.text, this.#chunking).map(({ start, end, text }) =>
      text.length <= LONGEST
        ? { document, start, end, text }
        : { document, start, end: start + LONGEST, text: text.slice(0, LONGEST) },
    );
    const telling = all.filter(({ text }) => countTokens(text) >= FEWEST_TOKENS);
    const passages = shuffle(telling, this.#random.fork(`passages of ${document.id}`));
    this.#passages.set(document.id, passages);
    return passages;
  }

  #deal(): DraftPassage | undefined {
    let empty = 0;
    while (empty <= this.#documents.length) {
      const document = this.#documents[this.#at];
      if (document === undefined) {
        if (this.#documents.length === 0) return undefined;
        this.#at = 0;
        this.#turn += 1;
        continue;
      }
      this.#at += 1;
      const passages = this.passagesOf(document);
      if (passages.length === 0) {
        empty += 1;
        continue;
      }
      // A document whose passages have all been dealt begins again only when every other one has had as many turns.
      return passages[this.#turn % passages.length];
    }
    return undefined;
  }
}
