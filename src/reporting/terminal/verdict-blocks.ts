import type { ClauseRecord, RunRecord } from '../../records/schema.ts';
import { p95Text, probeFigures, probeLoad, searchEffort } from '../capacity.ts';
import { type ClauseRow, clauseRow, judgedSlo } from '../clauses.ts';
import { chosenRate, MISSING, perSecond, rate, share, significant } from '../format.ts';
import { headlinePhase, type Probe } from '../phases.ts';
import { clip, oneLine } from '../plain.ts';
import { STEPS, VERDICTS } from '../words.ts';
import { type Colours, fittedTable, type Paint, type Screen, type TableColumn, wrap } from './layout.ts';

/** What a run was for: the objectives and whether they held, the probes of a search. */

type Verdict = ClauseRecord['verdict'];

export function verdictPaint(verdict: Verdict | null, colours: Colours): Paint {
  if (verdict === null) return colours.dim;
  return { PASS: colours.green, FAIL: colours.red, INCONCLUSIVE: colours.yellow }[verdict];
}

const CLAUSE_COLUMNS: readonly TableColumn<ClauseRow>[] = [
  {
    heading: 'objective',
    cell: ({ objective, verdict }) => `${VERDICTS[verdict].mark} ${clip(oneLine(objective), 34)}`,
    sparable: 0,
    paint: ({ verdict }, colours) => verdictPaint(verdict, colours),
  },
  { heading: 'observed', cell: ({ observed }) => observed, sparable: 0 },
  { heading: 'judged', cell: ({ tested }) => tested, sparable: 1 },
  { heading: '95 % interval', cell: ({ interval }) => interval, sparable: 1 },
  { heading: 'allowed', cell: ({ allowed }) => allowed, sparable: 2 },
  { heading: 'by', cell: ({ judged }) => judged, sparable: 4, left: true },
  {
    heading: 'verdict',
    cell: ({ verdict }) => verdict,
    sparable: 3,
    left: true,
    paint: ({ verdict }, colours) => verdictPaint(verdict, colours),
  },
];

/** The objectives in the phase that decided, and why any of them has no verdict. */
export function objectivesBlock(record: RunRecord, screen: Screen): string[] {
  const slo = judgedSlo(record);
  const name = headlinePhase(record)?.name;
  const judged = slo?.phases.find(({ phase }) => phase === name) ?? slo?.phases[0];
  if (!judged) return [];
  return [
    screen.colours.bold(clip(`Objectives in ${oneLine(judged.phase)}: ${judged.verdict}`, screen.columns)),
    ...clauseLines(judged.clauses, screen),
  ];
}

function clauseLines(clauses: readonly ClauseRecord[], screen: Screen): string[] {
  const rows = clauses.map(clauseRow);
  const reasons = rows.flatMap(({ objective, reason }) =>
    reason === '' ? [] : wrap(oneLine(`${objective}: ${reason}`), screen.columns).map(screen.colours.dim),
  );
  return [...fittedTable(CLAUSE_COLUMNS, rows, screen), ...reasons];
}

interface ProbeRow {
  readonly number: number;
  readonly probe: Probe;
  readonly p95: string;
  readonly right: string;
  readonly inTime: string;
  readonly errors: string;
}

const PROBE_COLUMNS: readonly TableColumn<ProbeRow>[] = [
  { heading: '#', cell: ({ number }) => String(number), sparable: 0 },
  { heading: 'step', cell: ({ probe }) => STEPS[probe.step], sparable: 5, left: true },
  {
    heading: 'load',
    cell: ({ probe }) => (probe.rate === null ? probeLoad(probe) : `${chosenRate(probe.rate)} /s`),
    sparable: 0,
  },
  { heading: 'achieved', cell: ({ probe }) => rate(probe.achievedRate), sparable: 4 },
  { heading: 'in flight', cell: ({ probe }) => significant(probe.inFlightMean), sparable: 6 },
  { heading: 'p95 ms', cell: ({ p95 }) => p95, sparable: 0 },
  { heading: 'right', cell: ({ right }) => right, sparable: 3 },
  { heading: 'in time', cell: ({ inTime }) => inTime, sparable: 2 },
  { heading: 'errors', cell: ({ errors }) => errors, sparable: 1 },
  {
    heading: 'verdict',
    cell: ({ probe }) => probe.verdict ?? MISSING,
    sparable: 0,
    left: true,
    paint: ({ probe }, colours) => verdictPaint(probe.verdict, colours),
  },
];

/** Every probe of a capacity search on a line, and what the fitted law says. */
export function probesBlock(record: RunRecord, screen: Screen): string[] {
  const { capacity } = record;
  if (!capacity || capacity.probes.length === 0) return [];
  const { colours, columns } = screen;
  const rows = capacity.probes.map((probe, index): ProbeRow => {
    const figures = probeFigures(record, probe);
    return {
      number: index + 1,
      probe,
      p95: p95Text(figures),
      right: share(figures.right),
      inTime: share(figures.attainment),
      errors: share(figures.errorRate),
    };
  });
  return [
    `${colours.bold('Probes')}${colours.dim(`  ${searchEffort(capacity)}`)}`,
    ...fittedTable(PROBE_COLUMNS, rows, screen),
    ...limits(capacity).flatMap((text) => wrap(oneLine(text), columns).map(colours.dim)),
  ];
}

function limits({ maximum, usl }: NonNullable<RunRecord['capacity']>): string[] {
  const knee = usl?.kneeInFlight ?? null;
  const facts = [
    ...(maximum === null ? [] : [`closed-loop maximum ${perSecond(maximum)}`]),
    ...(knee === null
      ? []
      : [`knee of the fitted law ${perSecond(usl?.kneeRate)}, ${significant(knee)} in flight`]),
  ].join('; ');
  return facts === '' ? [] : [`${facts[0]!.toUpperCase()}${facts.slice(1)}.`];
}
