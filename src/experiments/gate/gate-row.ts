import type { GateRow } from '../../records/schema.ts';

/** A row that says nothing yet: what a subject cannot have is null, never 0. */
export function blankRow(
  row: Pick<GateRow, 'subject' | 'name' | 'verdict' | 'why'> & Partial<GateRow>,
): GateRow {
  return {
    kind: null,
    primary: false,
    baseline: null,
    candidate: null,
    n: 0,
    estimate: null,
    interval: null,
    delta: null,
    p: null,
    adjustedP: null,
    detectable: null,
    wins: null,
    ties: null,
    losses: null,
    confirmed: null,
    moved: [],
    ...row,
  };
}

/** Three decimals: no golden set tells more. */
export const score = (value: number): string => value.toFixed(3);

/** "12.3 %" */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** "0.0023", "under 0.0001" */
export const chance = (p: number): string => (p < 0.0001 ? 'under 0.0001' : p.toFixed(4));
