import type { GateRow, RunRecord } from '../records/schema.ts';
import { MISSING } from './format.ts';
import { gateCells, gateHeadline, isExplained, rowName, SUBJECT_WORDS } from './gate-words.ts';
import type { JUnitCase, JUnitSuite } from './junit.ts';

/**
 * A gate as test cases, one a row, in a class of its subject. FAIL is a failure, INCONCLUSIVE is skipped with its reason.
 * Where no row explains the verdict, as of a run that was invalid, one more case bears it. Times are 0: a row has none of its own.
 */
export function gateSuite(record: RunRecord): JUnitSuite {
  const { gate } = record;
  if (!gate) return { name: `groundspeed ${record.kind}`, cases: [] };
  const { claim } = gateHeadline({ gate, complete: record.complete });
  const whole: JUnitCase = { name: 'verdict', classname: 'gate', seconds: 0 };
  return {
    name: `groundspeed gate against ${gate.baseline.name}`,
    cases: [
      ...gate.rows.map(rowCase),
      ...(isExplained(gate)
        ? []
        : [
            gate.verdict === 'FAIL'
              ? { ...whole, failure: { message: claim, details: claim } }
              : { ...whole, skipped: claim },
          ]),
    ],
  };
}

function rowCase(row: GateRow): JUnitCase {
  const base = { name: rowName(row), classname: `gate ${SUBJECT_WORDS[row.subject]}`, seconds: 0 };
  const { why, moved, winsTiesLosses, verdict, ...cells } = gateCells(row);
  if (verdict === 'PASS') return base;
  const facts: readonly (readonly [string, string])[] = [
    ['baseline', cells.baseline],
    ['candidate', cells.candidate],
    ['loss', cells.loss],
    ['interval', cells.interval],
    ['δ', cells.delta],
    ['adjusted p', cells.p],
    ['of', cells.n],
    ['better / same / worse', winsTiesLosses],
    ['moved', moved],
  ];
  const told = facts.filter(([, value]) => value !== MISSING && value !== '');
  if (verdict === 'INCONCLUSIVE') return { ...base, skipped: `inconclusive: ${why}` };
  const message = `${base.name}: ${why}`;
  const details = [message, ...cells.remarks, ...told.map(([name, value]) => `${name}: ${value}`)];
  return { ...base, failure: { message, details: details.join('\n') } };
}
