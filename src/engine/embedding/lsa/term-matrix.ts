import { analyse } from '../../../text/analyse.ts';
import type { SparseMatrix } from './sparse-matrix.ts';

/** Terms that the model knows; an index into either is a term's number. */
export interface Vocabulary {
  /** The most frequent first. */
  readonly terms: readonly string[];
  /** Inverse document frequency, smoothed: ln((1 + n) / (1 + df)) + 1. */
  readonly idf: Float32Array;
}

/** What a term that occurs `frequency` times in a text weighs there (sublinear term frequency). */
export function termWeight(frequency: number, idf: number): number {
  return (1 + Math.log(frequency)) * idf;
}

/**
 * TF–IDF of texts: one row a text, one column a term, rows of unit length (zero for a text without terms). Of the
 * terms, the `mostTerms` that stand in most texts count.
 */
export function termMatrix(
  texts: readonly string[],
  { mostTerms, onText }: { mostTerms: number; onText?: () => void },
): { vocabulary: Vocabulary; matrix: SparseMatrix } {
  const counts = new TermCounts();
  for (const text of texts) {
    counts.add(text);
    onText?.();
  }
  const chosen = counts.terms
    .map((term, number) => ({ term, number, texts: counts.textsWith[number]! }))
    .sort((a, b) => b.texts - a.texts || (a.term < b.term ? -1 : 1))
    .slice(0, mostTerms);
  const idf = Float32Array.from(chosen, (term) => Math.log((1 + texts.length) / (1 + term.texts)) + 1);
  const columnOf = new Int32Array(counts.terms.length).fill(-1);
  for (const [column, { number }] of chosen.entries()) columnOf[number] = column;
  return {
    vocabulary: { terms: chosen.map(({ term }) => term), idf },
    matrix: weigh(counts, columnOf, idf),
  };
}

/** How often each term stands in each text, terms numbered in order of appearance. */
class TermCounts {
  readonly terms: string[] = [];
  readonly textsWith: number[] = [];
  readonly rows: { numbers: Uint32Array; frequencies: Uint32Array }[] = [];
  readonly #numbers = new Map<string, number>();

  add(text: string): void {
    const frequencies = new Map<number, number>();
    for (const term of analyse(text)) {
      const number = this.#numberOf(term);
      frequencies.set(number, (frequencies.get(number) ?? 0) + 1);
    }
    for (const number of frequencies.keys()) this.textsWith[number]! += 1;
    this.rows.push({
      numbers: Uint32Array.from(frequencies.keys()),
      frequencies: Uint32Array.from(frequencies.values()),
    });
  }

  #numberOf(term: string): number {
    const known = this.#numbers.get(term);
    if (known !== undefined) return known;
    const number = this.terms.push(term) - 1;
    this.textsWith.push(0);
    this.#numbers.set(term, number);
    return number;
  }
}

function weigh({ rows }: TermCounts, columnOf: Int32Array, idf: Float32Array): SparseMatrix {
  const most = rows.reduce((sum, { numbers }) => sum + numbers.length, 0);
  const starts = new Uint32Array(rows.length + 1);
  const columns = new Uint32Array(most);
  const values = new Float32Array(most);
  let end = 0;
  for (const [row, { numbers, frequencies }] of rows.entries()) {
    const start = end;
    let squares = 0;
    for (let index = 0; index < numbers.length; index += 1) {
      const column = columnOf[numbers[index]!]!;
      if (column < 0) continue;
      const weight = termWeight(frequencies[index]!, idf[column]!);
      columns[end] = column;
      values[end] = weight;
      squares += weight * weight;
      end += 1;
    }
    for (let entry = start; entry < end; entry += 1) values[entry]! /= Math.sqrt(squares);
    starts[row + 1] = end;
  }
  return {
    rowCount: rows.length,
    columnCount: idf.length,
    starts,
    columns: columns.slice(0, end),
    values: values.slice(0, end),
  };
}
