import type { RunRecord, SliceRecord } from '../../records/schema.ts';
import { count, interval, score, share } from '../format.ts';
import { clip, oneLine } from '../plain.ts';
import { fittedTable, type Screen, type TableColumn } from './layout.ts';

const LONGEST_NAME = 32;

/** Right answers by kind of question, and by tag. */
export function slicesBlock({ quality }: RunRecord, screen: Screen): string[] {
  return (['kind', 'tag'] as const).flatMap((by, index) => {
    const slices = quality?.slices.filter((slice) => slice.by === by) ?? [];
    if (slices.length === 0) return [];
    return [...(index > 0 ? [''] : []), ...fittedTable(columnsOf(by), slices, screen)];
  });
}

const columnsOf = (by: SliceRecord['by']): TableColumn<SliceRecord>[] => [
  { heading: by, cell: ({ value }) => clip(oneLine(value), LONGEST_NAME), sparable: 0 },
  { heading: 'right', cell: ({ right }) => share(right.mean), sparable: 0 },
  { heading: '95 % interval', cell: ({ right }) => interval(right.ci95, share), sparable: 1 },
  { heading: 'ndcg@10', cell: ({ measures }) => score(ndcgOf(measures)), sparable: 2 },
  { heading: 'n', cell: ({ n }) => count(n), sparable: 0 },
];

const ndcgOf = (measures: SliceRecord['measures']): number | null | undefined =>
  measures.find(({ name }) => name === 'ndcg@10')?.mean;
