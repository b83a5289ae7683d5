import type { DrillRecord, RunRecord } from '../records/schema.ts';
import { mainArm, times, windowFigures, windowOf, worstOf } from './drill.ts';
import { arrivalsOf, noticedWords, recovered } from './drill-words.ts';
import { count, counted, duration } from './format.ts';
import { oneLine } from './plain.ts';

/** Several drills side by side, a row each. */

export interface DrillRow {
  readonly name: string;
  readonly title: string;
  /** Of the run; its folder below that of the summary. */
  readonly id: string;
  readonly verdict: DrillRecord['verdict'];
  /** "5 of 6" */
  readonly held: string;
  readonly availability: { readonly before: string; readonly during: string; readonly after: string };
  readonly right: { readonly before: string; readonly during: string };
  readonly p95: { readonly before: string; readonly during: string };
  readonly detected: string;
  readonly recovered: string;
  readonly lost: string;
  readonly amplification: string;
  /** "users did not notice" */
  readonly noticed: string;
  /** The drill was interrupted, or its run is not to be trusted. */
  readonly doubtful: boolean;
}

export function drillRows(records: readonly RunRecord[]): DrillRow[] {
  return records.flatMap((record) => (record.drill ? [rowOf(record, record.drill)] : []));
}

function rowOf(record: RunRecord, drill: DrillRecord): DrillRow {
  const arm = mainArm(drill);
  const window = (name: 'before' | 'during' | 'after') => windowFigures(arm && windowOf(arm, name));
  const [before, during, after] = [window('before'), window('during'), window('after')];
  const kept = drill.promises.filter(({ verdict }) => verdict === 'PASS').length;
  return {
    name: oneLine(drill.name),
    title: oneLine(drill.title),
    id: record.id,
    verdict: drill.verdict,
    held: drill.promises.length === 0 ? 'nothing promised' : `${kept} of ${drill.promises.length}`,
    availability: {
      before: before.availability,
      during: during.availability,
      after: after.availability,
    },
    right: { before: before.right, during: during.right },
    p95: { before: before.p95, during: during.p95 },
    detected: duration(arm?.detectedMs),
    recovered: arm ? recovered(arm) : duration(null),
    lost: count(arm?.lost),
    amplification: times(arm && worstOf(arm, 'amplification')),
    noticed: noticedWords(record),
    doubtful: !record.complete || arm?.valid !== true,
  };
}

/** A drill that was asked for and could not be run. */
export interface DrillLeftOut {
  readonly name: string;
  readonly why: string;
}

export interface DrillsHeadline {
  readonly verdict: DrillRecord['verdict'];
  /** "9 of 11 drills held" */
  readonly claim: string;
  readonly sentence: string;
}

export function drillsHeadline(
  records: readonly RunRecord[],
  leftOut: readonly DrillLeftOut[] = [],
): DrillsHeadline {
  const rows = drillRows(records);
  const that = (verdict: DrillRecord['verdict']): DrillRow[] => rows.filter((row) => row.verdict === verdict);
  const [failed, open, held] = [that('FAIL'), that('INCONCLUSIVE'), that('PASS')];
  const felt = rows.filter(({ noticed }) => noticed.startsWith('users noticed')).length;
  const drills = records.flatMap(({ drill }) => drill ?? []);
  const main = drills.flatMap((drill) => mainArm(drill) ?? []);
  const lost = main.reduce((sum, arm) => sum + arm.lost, 0);
  const asked = main.reduce((sum, arm) => sum + arrivalsOf(arm), 0);
  const named = (label: string, found: readonly DrillRow[]): string =>
    found.length === 0 ? '' : `${label}: ${found.map(({ name }) => name).join(', ')}.`;
  return {
    verdict: failed.length > 0 ? 'FAIL' : open.length > 0 || rows.length === 0 ? 'INCONCLUSIVE' : 'PASS',
    claim: rows.length === 0 ? 'No drill was run' : `${held.length} of ${counted(rows.length, 'drill')} held`,
    sentence: [
      rows.length === 0
        ? ''
        : `Users noticed ${felt} of ${counted(rows.length, 'failure')}; ${count(lost)} of ${counted(asked, 'question')} ${lost === 1 ? 'was' : 'were'} lost.`,
      named('Promises were broken in', failed),
      named('Undecided', open),
      named(
        'Interrupted, or not to be trusted',
        rows.filter(({ doubtful }) => doubtful),
      ),
      leftOut.length === 0
        ? ''
        : `Not run: ${leftOut.map(({ name, why }) => `${oneLine(name)} (${oneLine(why)})`).join('; ')}.`,
    ]
      .filter((text) => text !== '')
      .join(' '),
  };
}
