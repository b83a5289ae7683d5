import type { DifferenceRecord, RunRecord } from '../../records/schema.ts';
import {
  comparedWords,
  evidenceMeasure,
  findings,
  kindFindings,
  pairWords,
  pValue,
  signed,
  signedInterval,
  type VariantRow,
  variantRows,
} from '../comparison.ts';
import { clip, oneLine } from '../plain.ts';
import { repeatWords } from '../variant-flips.ts';
import { fittedTable, type Screen, type TableColumn, wrap } from './layout.ts';
import { flippedLines } from './variant-flips.ts';

const LONGEST_NAME = 32;

/** Variants with their figures, and what they differ by. */
export function variantsBlock({ comparison }: RunRecord, screen: Screen): string[] {
  if (!comparison) return [];
  const { colours, columns } = screen;
  const rows = variantRows(comparison);
  const evidence = evidenceMeasure(comparison);
  const notes = [...(comparison.notes ?? []), repeatWords(comparison)].filter((note) => note !== '');
  return [
    colours.bold('Variants'),
    ...fittedTable(
      [
        { heading: 'variant', cell: ({ name }) => clip(name, LONGEST_NAME), sparable: 0 },
        { heading: 'right', cell: ({ right }) => right, sparable: 0 },
        { heading: '95 %', cell: ({ rightCi95 }) => rightCi95, sparable: 2 },
        { heading: 'ndcg@10', cell: ({ ndcg }) => ndcg, sparable: 1 },
        { heading: 'success@5', cell: ({ accuracy }) => accuracy, sparable: 3 },
        ...(evidence === undefined
          ? []
          : [{ heading: evidence, cell: (row: VariantRow) => row.evidence, sparable: 1 }]),
      ],
      rows,
      screen,
    ),
    '',
    ...fittedTable(DIFFERENCES, [...comparison.overall, ...kindFindings(comparison).real], screen),
    ...[...openLine(findings(comparison)), ...notes].flatMap((sentence) =>
      wrap(sentence, columns).map(colours.dim),
    ),
    ...flippedLines(comparison, screen),
  ];
}

/** The table says what is real; in words stands only what could not be seen. */
const openLine = (sentences: readonly string[]): readonly string[] =>
  sentences.filter((sentence) => sentence.startsWith('None of'));

const DIFFERENCES: readonly TableColumn<DifferenceRecord>[] = [
  { heading: 'difference', cell: (row) => pairWords(row), sparable: 0 },
  { heading: 'of', cell: ({ compared }) => comparedWords(compared), sparable: 0, left: true },
  { heading: 'kind', cell: ({ kind }) => oneLine(kind ?? 'all'), sparable: 3, left: true },
  { heading: 'mean', cell: ({ mean, compared }) => signed(mean, compared), sparable: 0 },
  { heading: '95 %', cell: ({ ci95, compared }) => signedInterval(ci95, compared), sparable: 2 },
  { heading: 'adj. p', cell: ({ adjustedP }) => pValue(adjustedP), sparable: 1 },
  {
    heading: 'verdict',
    cell: ({ word }) => word,
    sparable: 0,
    left: true,
    paint: ({ word }, colours) =>
      word === 'better' ? colours.green : word === 'worse' ? colours.red : colours.dim,
  },
];
