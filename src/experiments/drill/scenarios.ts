import type { Fault, Target } from '../../faults/fault.ts';
import type { DrillRecord } from '../../records/schema.ts';
import type { FaultSpan } from './windows.ts';

/** How the system under drill is made and asked. */
export const SCENARIOS = ['ask', 'ingest', 'redis', 'serve', 'cold-start'] as const;
export type Scenario = (typeof SCENARIOS)[number];

const PORTS: readonly Target[] = ['embedder', 'vectors', 'keywords', 'generator', 'cache', 'store'];

/** What can be made to fail: in this process its ports and its clock, of another one all that stands before it. */
const TARGETS_OF: Readonly<Record<Scenario, readonly Target[]>> = {
  ask: [...PORTS, 'process'],
  redis: [...PORTS, 'process'],
  ingest: [...PORTS, 'process', 'disk'],
  serve: ['http', 'process'],
  'cold-start': ['http', 'process'],
};

/** Whether a fault can happen there: a process of one's own can be ended, this one cannot, but its clock can jump. */
export function canHappenIn(scenario: Scenario, { target, effect }: Fault): boolean {
  if (!TARGETS_OF[scenario].includes(target)) return false;
  if (target !== 'process') return true;
  const ends = effect.kind === 'kill' || effect.kind === 'hang';
  return ends === (scenario === 'serve' || scenario === 'cold-start');
}

/** The scenario in which all of these can happen; undefined where there is none. */
export function scenarioFor(faults: readonly Fault[]): Scenario | undefined {
  return (['ask', 'ingest', 'serve'] as const).find((scenario) =>
    faults.every((fault) => canHappenIn(scenario, fault)),
  );
}

/** Scenarios in which something happens besides the faults, when the window says. */
export const needsWindow = (scenario: Scenario): boolean => scenario === 'redis' || scenario === 'ingest';

export interface Scripted {
  readonly scenario: Scenario;
  readonly span: FaultSpan;
  readonly shape: string | undefined;
}

/** What a scenario does by itself, told as faults are. */
export function happeningsIn({ scenario, span, shape }: Scripted): DrillRecord['faults'] {
  const { fromMs, toMs } = span;
  const when = { fromMs, toMs };
  switch (scenario) {
    case 'redis':
      return [{ text: 'redis-server: killed, then started again', target: 'redis', kind: 'kill', ...when }];
    case 'ingest':
      return [
        { text: 'an ingest, one document in twenty poisoned', target: 'documents', kind: 'poison', ...when },
      ];
    case 'cold-start':
      return [{ text: 'a process that has just been started', target: 'process', kind: 'start', ...when }];
    default:
      return shape === undefined ? [] : [{ text: `load: ${shape}`, target: 'load', kind: 'shape', ...when }];
  }
}
