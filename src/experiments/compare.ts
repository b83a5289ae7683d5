import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import type { PairedRecord, RunRecord } from '../records/schema.ts';
import { assessAll, evidenceBudget, notesOnRepeats, refuseUntoldCost } from './compare-assess.ts';
import { compareQuality } from './compare-quality.ts';
import { configurationDiff, diffInWords } from './configuration-diff.ts';
import { recordHeader } from './header.ts';
import { notesOn, notesOnQuality, notesOnTarget, notesOnVariants } from './notes.ts';
import { indicatorDifferences } from './paired/differences.ts';
import { type MeasuredSpeed, measureSpeed, type SpeedOptions } from './paired/measure-speed.ts';
import type { SpeedWishes } from './paired/sizes.ts';
import type { Contestant } from './paired/variant-arm.ts';
import { Parts } from './parts.ts';
import type { RunResult, RunSetup } from './setup.ts';

export interface ComparePlan extends Pick<SpeedOptions, 'interleaving' | 'mostUsers' | 'maxRate'> {
  /** What is asked of the paired blocks; null compares quality alone. The budget is that of the whole comparison. */
  readonly speed: SpeedWishes | null;
  /** How often each question is asked of each variant: answers may be sampled. Once unless given. */
  readonly repeats?: number | undefined;
}

/**
 * Which of several variants is better: each is asked every golden question, which also builds the indexes that are
 * missing, and then they are driven in paired blocks, in fresh processes and in a seeded random order. The first is the
 * one that the record shows in full. Interrupted, it keeps the variants and the pairs that are whole.
 */
export async function runCompare(
  setup: RunSetup,
  contestants: readonly Contestant[],
  plan: ComparePlan,
): Promise<RunResult> {
  const { clock, signal, onEvent, seed } = setup;
  const [first] = contestants;
  if (first === undefined || contestants.length < 2) {
    throw new GroundspeedError('usage.argument', 'A single variant is compared with nothing', {
      hint: 'Name two, at least.',
    });
  }
  const start = clock.now();
  const header = recordHeader(first.setup, 'compare');
  if (plan.speed?.maxCostUsd !== undefined) await refuseUntoldCost(contestants);
  const { repeats = 1 } = plan;
  const budget = evidenceBudget(contestants);
  const within = budget?.within;
  const parts = new Parts(2 * contestants.length * repeats + (plan.speed === null ? 0 : 1), onEvent);
  const { shown, results } = await assessAll(contestants, parts, { repeats, within });
  const { opened, pass } = shown;
  const compared = results.length > 1 ? compareQuality(results, seed, { within }) : undefined;
  const wishes = remaining(plan.speed, clock.now() - start);
  const speed =
    wishes === null || signal?.aborted
      ? undefined
      : await compareSpeed({ setup, contestants, plan, wishes, parts });
  return {
    record: {
      ...header,
      notes: [
        ...(first.setup.target?.kind === 'http' ? notesOnTarget(first.setup) : notesOn(first.setup)),
        ...notesOnQuality(pass.questions),
        ...notesOnVariants(contestants, Math.max(1, results.length)),
        ...notesOnDifferences(contestants),
        ...notesOnRepeats(contestants, repeats),
        ...(budget?.notes ?? []),
        ...(speed?.notes ?? []),
      ],
      index: opened.index,
      ingest: opened.ingest,
      quality: pass.quality,
      questions: pass.questions,
      ...(compared && { comparison: compared }),
      ...(speed?.paired && { paired: speed.paired }),
      complete: signal?.aborted !== true,
      durationMs: clock.now() - start,
    },
    requests: undefined,
    rankings: pass.rankings,
  };
}

/** What is left of the budget, once quality is known. */
function remaining(wishes: SpeedWishes | null, spent: number): SpeedWishes | null {
  return wishes?.budget === undefined ? wishes : { ...wishes, budget: Math.max(0, wishes.budget - spent) };
}

interface Comparing {
  readonly setup: RunSetup;
  readonly contestants: readonly Contestant[];
  readonly plan: ComparePlan;
  readonly wishes: SpeedWishes;
  readonly parts: Parts;
}

interface ComparedSpeed {
  readonly paired: PairedRecord | undefined;
  readonly notes: readonly string[];
}

/** What cannot be measured of speed is told, and takes nothing away from what is known of quality. */
async function compareSpeed(comparing: Comparing): Promise<ComparedSpeed> {
  const { setup, contestants, plan, wishes, parts } = comparing;
  const { golden, seed, clock, signal, onEvent } = setup;
  const name = 'pairs';
  try {
    const measured = await parts.run(name, async () => {
      const result = await measureSpeed({
        arms: contestants.map(({ arm }) => arm),
        wishes,
        questions: golden.questions.length,
        seed,
        clock,
        interleaving: plan.interleaving,
        mostUsers: plan.mostUsers,
        maxRate: plan.maxRate,
        signal,
        tell: (text) => onEvent({ type: 'part.noted', name, text }),
        onBlock: (done, total) => onEvent({ type: 'part.progress', name, done, total, unit: 'blocks' }),
      });
      return [result, `${result.blocks.filter(({ warmup }) => !warmup).length} blocks`];
    });
    return {
      paired: pairedRecord(
        measured,
        contestants.map((one) => one.name),
      ),
      notes: measured.notes,
    };
  } catch (thrown) {
    if (signal?.aborted)
      return { paired: undefined, notes: ['The run was interrupted before speed was compared.'] };
    if (!(thrown instanceof GroundspeedError)) throw thrown;
    const message = `Speed was not compared: ${[messageOf(thrown), ...thrown.problems].join('; ')}`;
    onEvent({ type: 'warning', message });
    return { paired: undefined, notes: [message] };
  }
}

/** What was measured in pairs, as records keep it. */
export function pairedRecord(
  { plan, blocks }: Pick<MeasuredSpeed, 'plan' | 'blocks'>,
  variants: readonly string[],
): PairedRecord {
  return {
    launches: plan.launches,
    pairsPerLaunch: plan.pairs,
    blockSeconds: plan.blockSeconds,
    offeredRate: plan.rate,
    interleaving: plan.interleaving,
    blocks: [...blocks],
    differences: indicatorDifferences(blocks, { variants }),
  };
}

/** What each variant sets otherwise than the first, as the records keep configurations: without secrets. */
function notesOnDifferences(contestants: readonly Contestant[]): string[] {
  const [first, ...others] = contestants;
  return others.map(({ name, setup }) => {
    const changed = configurationDiff(first!.setup.redactedConfig, setup.redactedConfig);
    const difference = changed.length === 0 ? 'configured alike' : diffInWords(changed);
    return `${first!.name} → ${name}: ${difference}.`;
  });
}

/** Whether speed was to be compared, and no pair of some variant can be trusted. */
export function unmeasuredVariants({ paired, comparison }: RunRecord): string[] {
  const names = comparison?.variants.map(({ name }) => name) ?? [];
  return names.filter(
    (name) => !paired?.blocks.some(({ variant, valid, warmup }) => variant === name && valid && !warmup),
  );
}
