import type { AnalysedPassage } from './passage-analysis.ts';

/** How much a term counts for a unit, by where it stands. */
const WEIGHT = { unit: 1, header: 0.5, heading: 0.6, neighbour: 0.3, title: 0.4, passage: 0.15 };

/** How near some terms stand to the units of one passage. Each term has a column. */
export interface Nearness {
  /**
   * At `unit * columns + column`: 1 where the unit itself holds the term, less where its table's header, its heading or
   * the sentence before it does, else 0.
   */
  readonly near: Float64Array;
  /** By column: what the term counts for every unit, since the title or some part of the passage holds it; else 0. */
  readonly anywhere: Float64Array;
}

export function nearnessIn(
  { units, titleTerms }: AnalysedPassage,
  columns: ReadonlyMap<string, number>,
): Nearness {
  const near = new Float64Array(units.length * columns.size);
  const anywhere = new Float64Array(columns.size);
  const write = (row: number, held: readonly number[], weight: number): void => {
    for (const column of held) near[row * columns.size + column] = weight;
  };
  let heading: readonly number[] = [];
  let previous: readonly number[] = [];
  for (const [row, { unit, terms, header }] of units.entries()) {
    const own = columnsOf(terms, columns);
    const inHeader = columnsOf(header, columns);
    for (const column of [...own, ...inHeader]) anywhere[column] = WEIGHT.passage;
    // Where a term stands in several places, the one that is written last counts.
    write(row, previous, WEIGHT.neighbour);
    if (unit.kind !== 'heading') write(row, heading, WEIGHT.heading);
    write(row, inHeader, WEIGHT.header);
    write(row, own, WEIGHT.unit);
    if (unit.kind === 'heading') heading = own;
    previous = unit.kind === 'sentence' ? own : [];
  }
  for (const column of columnsOf(titleTerms, columns)) anywhere[column] = WEIGHT.title;
  return { near, anywhere };
}

function columnsOf(terms: readonly string[], columns: ReadonlyMap<string, number>): number[] {
  const found: number[] = [];
  for (const term of terms) {
    const column = columns.get(term);
    if (column !== undefined) found.push(column);
  }
  return found;
}
