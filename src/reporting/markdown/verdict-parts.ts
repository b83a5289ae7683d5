import type { RunRecord, SloRecord } from '../../records/schema.ts';
import { p95Text, probeFigures, probeLoad, searchEffort } from '../capacity.ts';
import { clauseRow, judgedSlo } from '../clauses.ts';
import { MISSING, rate, share, significant } from '../format.ts';
import { headlinePhase, measuredPhases, phaseLabel } from '../phases.ts';
import { clip, oneLine } from '../plain.ts';
import { STEPS, VERDICTS } from '../words.ts';
import { escapeMarkdown, table, titled } from './text.ts';

/** What a run was for: objectives clause by clause, and the probes of a search. */

/** Phases that a table is wide enough for. */
const PHASES_ACROSS = 8;

/** The phase that decided in full; where there are several, what was observed in each. */
export function objectiveTables(record: RunRecord): string {
  const slo = judgedSlo(record);
  if (!slo) return '';
  const decided = headlinePhase(record)?.name;
  const main = slo.phases.find(({ phase }) => phase === decided) ?? slo.phases[0]!;
  const all = slo.phases.length > 1 ? titled('Objectives', overview(record, slo)) : '';
  return [all, objectiveTable(record, main)].filter(Boolean).join('\n\n');
}

type JudgedPhase = SloRecord['phases'][number];

function labelOf(record: RunRecord, { phase }: JudgedPhase): string {
  const found = measuredPhases(record).find(({ name }) => name === phase);
  return clip(oneLine(found ? phaseLabel(found) : phase), 120);
}

/** Clauses down, phases across. */
function overview(record: RunRecord, { phases }: SloRecord): string {
  const shown = phases.slice(0, PHASES_ACROSS);
  const texts = [...new Set(shown.flatMap(({ clauses }) => clauses.map(({ text }) => text)))];
  const cell = (text: string, { clauses }: JudgedPhase): string => {
    const clause = clauses.find((one) => one.text === text);
    return clause ? `${VERDICTS[clause.verdict].mark} ${clauseRow(clause).observed}` : '';
  };
  const left = phases.length - shown.length;
  return [
    table(
      ['Objective', ...shown.map((one) => labelOf(record, one))],
      [
        ...texts.map((text) => [clip(text, 120), ...shown.map((one) => cell(text, one))]),
        ['All', ...shown.map(({ verdict }) => verdict)],
      ],
    ),
    left > 0 ? escapeMarkdown(`${left} more phases stand in the report.`) : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

function objectiveTable(record: RunRecord, judged: JudgedPhase): string {
  const columns = ['Objective', 'Verdict', 'Observed', 'Judged', '95 % interval', 'Allowed', 'Why'];
  const rows = judged.clauses.map((clause) => {
    const row = clauseRow(clause);
    return [
      clip(row.objective, 120),
      `${VERDICTS[row.verdict].mark} ${row.verdict}`,
      row.observed,
      `${row.tested} ${row.judged}`,
      row.interval,
      row.allowed,
      clip(oneLine(row.reason), 200),
    ];
  });
  return titled(`Objectives in ${labelOf(record, judged)}: ${judged.verdict}`, table(columns, rows));
}

export function probeTable(record: RunRecord): string {
  const { capacity } = record;
  if (!capacity) return '';
  const headings = ['Probe', 'Step', 'Load', 'Achieved /s', 'In flight', 'p95 ms', 'Right', 'In time'];
  const rows = capacity.probes.map((probe, index) => {
    const figures = probeFigures(record, probe);
    return [
      String(index + 1),
      STEPS[probe.step],
      probeLoad(probe),
      rate(probe.achievedRate),
      significant(probe.inFlightMean),
      p95Text(figures),
      share(figures.right),
      share(figures.attainment),
      share(figures.errorRate),
      probe.verdict ?? MISSING,
      clip(oneLine(probe.reasons.join('; ')), 200),
    ];
  });
  const probes = table([...headings, 'Errors', 'Verdict', 'Why'], rows);
  return titled(
    'Probes',
    [probes, escapeMarkdown(`${searchEffort(capacity)}.`)].filter(Boolean).join('\n\n'),
  );
}
