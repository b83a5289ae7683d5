import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Fault } from '../../faults/fault.ts';
import { parseFaults } from '../../faults/parse.ts';
import { printFault } from '../../faults/print.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { pointAt } from '../../objectives/fault.ts';
import { readValue } from '../../objectives/quantity.ts';
import { nearest } from '../../text/nearest.ts';
import { PATTERN_NAMES, type Pattern } from './patterns.ts';
import { type DrillPromise, parsePromise } from './promises.ts';
import { canHappenIn, needsWindow, SCENARIOS, type Scenario } from './scenarios.ts';
import type { FaultSpan } from './windows.ts';

const duration = z.string().regex(/^\d+(\.\d+)?\s*(ms|s|min)$/, 'must be a time such as 30s');

/** A drill as its file has it. */
const drillFileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'must be of small letters, digits and hyphens'),
  title: z.string().min(1),
  fear: z.string().min(1).describe('What operators fear, in a sentence.'),
  scenario: z.enum(SCENARIOS).default('ask'),
  duration,
  rate: z.number().gt(0).max(100_000).describe('Arrivals per second.'),
  shape: z.string().optional().describe('Of the rate over time, as --shape has it.'),
  window: z
    .strictObject({ from: duration, to: duration })
    .optional()
    .describe('What counts as "during", where it is not the time of the faults.'),
  faults: z.array(z.string()).default([]),
  settings: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Over the configuration of the run, by path.'),
  promises: z.array(z.string()).default([]),
  ablate: z.array(z.enum(PATTERN_NAMES as [Pattern, ...Pattern[]])).default([]),
});

/** A drill that can be run. Times are milliseconds. */
export interface DrillPlan {
  readonly name: string;
  readonly title: string;
  readonly fear: string;
  readonly scenario: Scenario;
  readonly durationMs: number;
  /** Arrivals per second. */
  readonly rate: number;
  readonly shape: string | undefined;
  readonly span: FaultSpan;
  readonly faults: readonly Fault[];
  /** path=value, over the settings of the run. */
  readonly settings: readonly string[];
  readonly promises: readonly DrillPromise[];
  /** What the file itself wants to know the worth of. */
  readonly ablate: readonly Pattern[];
}

export interface DrillFile {
  readonly path: string;
  readonly text: string;
}

/** Throws `drill.format` with every fault of the file, by line, and `fault.syntax` for a fault that cannot be read. */
export function readDrill({ path, text }: DrillFile, isMeasure: (name: string) => boolean): DrillPlan {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    refuse(
      path,
      document.errors.map(({ message, pos }) => `${path}:${lines.linePos(pos[0]).line}: ${message}`),
    );
  }
  const parsed = drillFileSchema.safeParse(document.toJS());
  if (!parsed.success) {
    refuse(
      path,
      parsed.error.issues.map(({ path: at, message }) => {
        const node = document.getIn(at as (string | number)[], true) as { range?: [number] } | undefined;
        const line = node?.range === undefined ? 1 : lines.linePos(node.range[0]).line;
        return `${path}:${line}: ${at.join('.')}: ${message}`;
      }),
    );
  }
  const file = parsed.data;
  const durationMs = millisecondsOf(file.duration);
  const faults = file.faults.flatMap((written, index) =>
    faultsOf(written, `${path}: faults[${index}]`, durationMs),
  );
  const { name, title, fear, scenario, rate, shape, ablate } = file;
  refuseElsewhere(scenario, faults, path);
  if (file.window === undefined && (needsWindow(scenario) || shape !== undefined)) {
    refuse(path, [`${path}: window: is missing; it says when what this drill is about begins and ends`]);
  }
  return {
    name,
    title,
    fear,
    scenario,
    durationMs,
    rate,
    shape,
    span: spanOf(file, { faults, durationMs, path }),
    faults,
    settings: Object.entries(file.settings).map(([setting, value]) => `${setting}=${value}`),
    promises: file.promises.map((written, index) =>
      parsePromise(written, { where: `${path}: promises[${index}]`, isMeasure }),
    ),
    ablate,
  };
}

/** What `--fault` and the file's `faults` say. A fault that begins after the end of the drill would never be seen. */
export function faultsOf(written: string, where: string, durationMs: number): readonly Fault[] {
  const faults = parseFaults(written, { where, suggest: nearest, point: pointAt });
  const late = faults.find(({ fromMs }) => fromMs >= durationMs);
  if (late === undefined) return faults;
  throw new GroundspeedError(
    'drill.format',
    `The fault "${printFault(late)}" begins after the end of the drill`,
    {
      where,
      hint: `The drill lasts ${durationMs / 1000} s.`,
    },
  );
}

/** Throws `drill.format` for a fault that nothing of the scenario would ever meet. */
export function refuseElsewhere(scenario: Scenario, faults: readonly Fault[], where: string): void {
  const wrong = faults.find((fault) => !canHappenIn(scenario, fault));
  if (wrong === undefined) return;
  throw new GroundspeedError(
    'drill.format',
    `The fault "${printFault(wrong)}" cannot happen in the scenario ${scenario}`,
    { where, hint: 'docs/drills.md says which faults each scenario knows.' },
  );
}

interface SpanFacts {
  readonly faults: DrillPlan['faults'];
  readonly durationMs: number;
  readonly path: string;
}

/** From the first fault to the end of the last one, or as the file says. */
export function spanOf(
  { window }: Pick<z.infer<typeof drillFileSchema>, 'window'>,
  { faults, durationMs, path }: SpanFacts,
): FaultSpan {
  const fromMs = window
    ? millisecondsOf(window.from)
    : Math.min(durationMs, ...faults.map(({ fromMs }) => fromMs));
  const toMs = window
    ? millisecondsOf(window.to)
    : Math.min(durationMs, Math.max(fromMs, ...faults.map(({ toMs }) => toMs ?? durationMs)));
  if (fromMs > toMs || toMs > durationMs)
    refuse(path, [`${path}: window: must lie within the ${durationMs / 1000} s of the drill`]);
  return { fromMs, toMs, durationMs };
}

/** Of a text that the schema has let through. */
function millisecondsOf(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(\p{L}+)$/u.exec(text) ?? [];
  return readValue('duration', digits, unit) ?? 0;
}

function refuse(path: string, problems: readonly string[]): never {
  throw new GroundspeedError('drill.format', `The drill ${path} cannot be read`, {
    where: path,
    hint: 'bench/drills holds examples; docs/drills.md says what each field means.',
    problems,
  });
}
