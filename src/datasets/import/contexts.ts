import { sha256 } from '../../kernel/digest.ts';
import type { CorpusDocument, EvidenceQuote } from '../golden.ts';
import type { Losses } from '../loss.ts';
import { locateQuote } from '../quotes.ts';
import type { Where } from './entry.ts';
import type { DraftDocument } from './importer.ts';

/** The golden contexts of one question: passages, and the ids of their documents where the record names any. */
export interface GoldenContexts {
  readonly texts: readonly string[];
  readonly ids: readonly string[];
  readonly where: Where;
}

export interface PlacedContexts {
  readonly evidence: readonly (readonly EvidenceQuote[])[];
  readonly relevant: ReadonlyMap<string, number>;
}

/**
 * Turns golden passages into evidence. With a corpus, each passage is looked for verbatim: in the documents that the
 * record names, then in all; one that stands nowhere is a loss. Without, the passages become the documents themselves,
 * under their ids, or ids made of their content.
 */
export class ContextPlacer {
  readonly #index: PassageIndex | undefined;
  readonly #losses: Losses;
  readonly #made = new Map<string, { texts: string[]; where: Where }>();

  constructor(corpus: readonly DraftDocument[] | undefined, losses: Losses) {
    this.#index = corpus && new PassageIndex(corpus.map(({ document }) => document));
    this.#losses = losses;
  }

  place(contexts: GoldenContexts): PlacedContexts {
    return this.#index === undefined ? this.#make(contexts) : this.#find(contexts, this.#index);
  }

  /** The documents made of passages; undefined where there were none. */
  made(): DraftDocument[] | undefined {
    if (this.#made.size === 0) return undefined;
    return Array.from(this.#made, ([id, { texts, where }]) => ({
      document: { id, title: '', text: texts.join('\n\n'), metadata: {} },
      where,
    }));
  }

  #find({ texts, ids, where }: GoldenContexts, index: PassageIndex): PlacedContexts {
    const relevant = new Map(ids.map((id) => [id, 1]));
    const evidence: EvidenceQuote[][] = [];
    for (const [at, quote] of texts.entries()) {
      const paired = texts.length === ids.length ? [ids[at]!] : [];
      const named = [paired, ids].map((some) => index.holding(quote, some)).find((some) => some.length > 0);
      const documents = named?.slice(0, 1) ?? index.holding(quote);
      if (documents.length === 0) this.#lose(quote, where);
      else evidence.push(documents.map((document) => ({ document, quote })));
      if (ids.length === 0) for (const document of documents) relevant.set(document, 1);
    }
    return { evidence, relevant };
  }

  #make({ texts, ids, where }: GoldenContexts): PlacedContexts {
    const paired = texts.length === ids.length;
    if (!paired && ids.length > 0 && texts.length > 0) {
      this.#losses.add({
        kind: 'context-ids',
        of: 'detail',
        what: 'there are more or fewer passages than ids of documents: which belongs to which is not known',
        where: () => where(),
        found: ids.join(', '),
      });
    }
    const evidence = texts.map((quote, at) => {
      const document = paired ? ids[at]! : `context-${sha256(quote).slice(0, 12)}`;
      const made = this.#made.get(document);
      if (made === undefined) this.#made.set(document, { texts: [quote], where });
      else if (!made.texts.includes(quote)) made.texts.push(quote);
      return [{ document, quote }];
    });
    const documents = texts.length === 0 || paired ? ids : evidence.map(([quote]) => quote!.document);
    return { evidence, relevant: new Map([...documents, ...(paired ? [] : ids)].map((id) => [id, 1])) };
  }

  #lose(found: string, where: Where): void {
    this.#losses.add({
      kind: 'context',
      of: 'detail',
      what: 'a golden passage stands in no document of the corpus, and is no evidence',
      where: () => where(),
      found,
    });
  }
}

/** Finds the documents that hold a passage, by its rarest word first. */
class PassageIndex {
  readonly #corpus: readonly CorpusDocument[];
  readonly #texts: ReadonlyMap<string, string>;
  #postings: Map<string, number[]> | undefined;

  constructor(corpus: readonly CorpusDocument[]) {
    this.#corpus = corpus;
    this.#texts = new Map(corpus.map(({ id, text }) => [id, text]));
  }

  /** Of these documents, or of all. */
  holding(quote: string, ids?: readonly string[]): string[] {
    const candidates = ids ?? this.#candidates(quote);
    return candidates.filter((id) => locateQuote(this.#texts.get(id) ?? '', quote).length > 0);
  }

  #candidates(quote: string): string[] {
    // The first and last word may be cut; those between stand whole in whatever holds the passage.
    const words = quote.trim().split(/\s+/).slice(1, -1);
    if (words.length === 0) return this.#corpus.map(({ id }) => id);
    this.#postings ??= this.#post();
    let rarest: readonly number[] | undefined;
    for (const word of words) {
      const postings = this.#postings.get(word) ?? [];
      if (rarest === undefined || postings.length < rarest.length) rarest = postings;
    }
    return (rarest ?? []).map((place) => this.#corpus[place]!.id);
  }

  #post(): Map<string, number[]> {
    const postings = new Map<string, number[]>();
    for (const [place, { text }] of this.#corpus.entries()) {
      for (const word of new Set(text.trim().split(/\s+/))) {
        const places = postings.get(word);
        if (places === undefined) postings.set(word, [place]);
        else places.push(place);
      }
    }
    return postings;
  }
}
