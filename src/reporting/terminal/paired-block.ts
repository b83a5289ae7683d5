import type { IndicatorDifference, RunRecord } from '../../records/schema.ts';
import { pairWords } from '../comparison.ts';
import {
  comparedPairs,
  type DifferenceCells,
  differenceCells,
  pairFindings,
  planWords,
  stageRows,
  wholeRows,
} from '../paired.ts';
import { standingSentences, standings } from '../pareto.ts';
import { clip } from '../plain.ts';
import { type Colours, fittedTable, type Paint, type Screen, type TableColumn, wrap } from './layout.ts';

const COLUMNS: readonly TableColumn<DifferenceCells>[] = [
  { heading: 'of', cell: ({ of }) => clip(of, 30), sparable: 0 },
  { heading: 'before', cell: ({ before }) => before, sparable: 2 },
  { heading: 'after', cell: ({ after }) => after, sparable: 2 },
  { heading: 'estimate', cell: ({ estimate }) => estimate, sparable: 0 },
  { heading: 'bounds', cell: ({ interval }) => interval, sparable: 1 },
  { heading: 'adj. p', cell: ({ adjustedP }) => adjustedP, sparable: 3 },
  { heading: 'effect', cell: ({ effect }) => effect, sparable: 6 },
  { heading: 'δ', cell: ({ delta }) => delta, sparable: 4 },
  { heading: 'could find', cell: ({ detectable }) => detectable, sparable: 5 },
  {
    heading: 'verdict',
    cell: ({ word }) => word,
    sparable: 0,
    left: true,
    paint: ({ word }, colours) => wordPaint(word, colours),
  },
];

function wordPaint(word: IndicatorDifference['word'], colours: Colours): Paint {
  if (word === 'better') return colours.green;
  return word === 'worse' ? colours.red : colours.dim;
}

/** Differences in speed of every pair of variants, the stages that moved, and who is on the front. */
export function pairedBlock(record: RunRecord, screen: Screen): string[] {
  const { paired } = record;
  if (!paired || paired.differences.length === 0) return [];
  const { colours, columns } = screen;
  const dim = (text: string): string[] => wrap(text, columns).map(colours.dim);
  const stages = stageRows(paired).filter(({ word }) => word === 'worse' || word === 'better');
  const pairs = comparedPairs(paired.differences).flatMap((pair) => {
    const own = [...wholeRows(paired), ...stages].filter(({ a, b }) => a === pair.a && b === pair.b);
    const moved = pairFindings(paired, pair).filter((sentence) => sentence.includes(' Of the stages, '));
    return [
      '',
      colours.bold(clip(pairWords(pair), columns)),
      ...fittedTable(COLUMNS, own.map(differenceCells), screen),
      ...moved.map((sentence) => sentence.slice(sentence.indexOf('Of the stages, '))).flatMap(dim),
    ];
  });
  const found = standings(record);
  return [
    colours.bold('Speed, in turns'),
    ...dim(planWords(paired)),
    ...pairs,
    ...(found ? ['', ...standingSentences(found).flatMap((sentence) => wrap(sentence, columns))] : []),
  ];
}
