import type { CorpusDocument } from '../../datasets/golden.ts';
import { createBm25Index } from '../../engine/indexing/bm25-index.ts';
import type { KeywordIndex } from '../../engine/ports.ts';
import { analyse } from '../../text/analyse.ts';
import { type Span, sentences } from '../../text/sentences.ts';

/** Sentences of one window: the one that says it, and its neighbours, to which "it" and "there" refer. */
export const WINDOW = 3;
/** Lucene's customary settings. */
const BM25 = { k1: 0.9, b: 0.4 };

/** A stretch of a document beside the share of some words that stands in it. */
export interface Window extends Span {
  /** Of the terms that were asked for, those in the window or in the document's title. */
  readonly share: number;
}

/** A document with its sentences' terms at hand. */
interface Reading {
  readonly title: ReadonlySet<string>;
  readonly spans: readonly Span[];
  readonly terms: readonly ReadonlySet<string>[];
}

/** Finds the documents of a corpus that speak of what a question asks, and where in them. */
export class CorpusSearch {
  readonly #documents: readonly CorpusDocument[];
  readonly #index: KeywordIndex;
  readonly #readings = new Map<string, Reading>();

  private constructor(documents: readonly CorpusDocument[], index: KeywordIndex) {
    this.#documents = documents;
    this.#index = index;
  }

  static async open(documents: Iterable<CorpusDocument>): Promise<CorpusSearch> {
    const list = [...documents];
    const index = createBm25Index(BM25);
    await index.add(list.map(({ title, text }, at) => ({ key: at + 1, title, text })));
    return new CorpusSearch(list, index);
  }

  /** The first k documents by BM25, best first. */
  async find(text: string, k: number): Promise<CorpusDocument[]> {
    const { keys } = await this.#index.search(text, k);
    return Array.from(keys, (key) => this.#documents[key - 1]!);
  }

  /** Every window of a document, in order; a document of fewer sentences is one window. None where it has no text. */
  windows(document: CorpusDocument, wanted: ReadonlySet<string>): Window[] {
    const { title, spans, terms } = this.#read(document);
    const last = Math.max(0, spans.length - WINDOW);
    const windows: Window[] = [];
    for (let from = 0; spans.length > 0 && from <= last; from += 1) {
      const to = Math.min(spans.length, from + WINDOW);
      let held = 0;
      for (const term of wanted) {
        if (title.has(term) || terms.slice(from, to).some((one) => one.has(term))) held += 1;
      }
      const share = wanted.size === 0 ? 0 : held / wanted.size;
      windows.push({ start: spans[from]!.start, end: spans[to - 1]!.end, share });
    }
    return windows;
  }

  /** The window that holds most of the terms, the first of several. */
  best(document: CorpusDocument, wanted: ReadonlySet<string>): Window | undefined {
    return this.windows(document, wanted).reduce<Window | undefined>(
      (best, window) => (best === undefined || window.share > best.share ? window : best),
      undefined,
    );
  }

  #read(document: CorpusDocument): Reading {
    const known = this.#readings.get(document.id);
    if (known !== undefined) return known;
    const { title, text } = document;
    const spans = sentences(text);
    const reading = {
      title: new Set(analyse(title)),
      spans,
      terms: spans.map(({ start, end }) => new Set(analyse(text.slice(start, end)))),
    };
    this.#readings.set(document.id, reading);
    return reading;
  }
}

/** Words of a question that say how it asks, not what for; stop words are left out of the terms anyway. */
const ASKING = new Set(analyse('whose whom when why does many much long often kind type name called used'));

/** What a question is about: its terms without stop words and words of asking. */
export function contentTerms(question: string): Set<string> {
  return new Set(analyse(question).filter((term) => !ASKING.has(term)));
}
