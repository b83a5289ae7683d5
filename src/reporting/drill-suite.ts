import type { DrillRecord, PromiseRecord, RunRecord } from '../records/schema.ts';
import { promiseRow } from './drill.ts';
import { drillHeadline } from './drill-words.ts';
import type { DrillLeftOut } from './drills.ts';
import type { JUnitCase, JUnitSuite } from './junit.ts';
import { oneLine } from './plain.ts';

/**
 * A drill as test cases, one a promise. FAIL is a failure, INCONCLUSIVE is skipped with its reason. A drill that promises
 * nothing, or was interrupted, says so in a case of its own. Times are 0: a promise has none of its own.
 */
export function drillSuite(record: RunRecord): JUnitSuite {
  const { drill } = record;
  const name = `groundspeed drill ${drill?.name ?? ''}`.trim();
  if (!drill) return { name, cases: [] };
  const classname = `drill ${oneLine(drill.name)}`;
  const { claim } = drillHeadline(record);
  return {
    name,
    cases: [
      ...drill.promises.map((promise, index) => promiseCase(promise, { classname, claim, index, drill })),
      ...(drill.promises.length > 0 && record.complete
        ? []
        : [{ name: 'verdict', classname, seconds: 0, skipped: whyOpen(record) }]),
    ],
  };
}

/** Several drills: a suite each; one that could not be run is skipped with its reason. */
export function drillsSuite(
  records: readonly RunRecord[],
  leftOut: readonly DrillLeftOut[] = [],
): JUnitSuite[] {
  return [
    ...records.filter(({ drill }) => drill !== undefined).map(drillSuite),
    ...leftOut.map(({ name, why }) => ({
      name: `groundspeed drill ${oneLine(name)}`,
      cases: [
        {
          name: 'verdict',
          classname: `drill ${oneLine(name)}`,
          seconds: 0,
          skipped: `not run: ${oneLine(why)}`,
        },
      ],
    })),
  ];
}

const whyOpen = ({ complete }: RunRecord): string =>
  complete ? 'nothing was promised' : 'the drill was interrupted';

interface CaseOptions {
  readonly classname: string;
  readonly claim: string;
  readonly index: number;
  readonly drill: DrillRecord;
}

function promiseCase(promise: PromiseRecord, { classname, claim, index, drill }: CaseOptions): JUnitCase {
  const { text, verdict, observed, bound, reason } = promiseRow(promise);
  // The same promise may stand there twice: in the drill, and among the flags.
  const repeats = drill.promises.slice(0, index).filter((one) => one.text === promise.text).length;
  const base = { name: repeats === 0 ? text : `${text} (${repeats + 1})`, classname, seconds: 0 };
  if (verdict === 'PASS') return base;
  if (verdict === 'INCONCLUSIVE')
    return { ...base, skipped: `inconclusive: ${reason || `observed ${observed}`}` };
  const message = `${text}: observed ${observed}${reason === '' ? '' : `, ${reason}`}`;
  const details = [message, `bound: ${bound}`, `window: ${promise.window}`, claim];
  return { ...base, failure: { message, details: details.join('\n') } };
}
