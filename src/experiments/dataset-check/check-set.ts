import { type CheckedSet, type CheckResult, runChecks } from '../../datasets/checks/check.ts';
import { judgedBy, type RunJudged } from '../../datasets/checks/judged-holes.ts';
import { CHECKS } from '../../datasets/checks/registry.ts';
import { seededRandom } from '../../kernel/random.ts';
import { readBaseline } from './baseline.ts';
import { CorpusSearch } from './corpus-search.ts';
import { type LabellingSheet, makeSheet } from './labelling-sheet.ts';
import { type MeasuredPower, measuredPower } from './measured-power.ts';
import { readPool } from './read-pool.ts';
import { readWholeSet, type WholeSet } from './read-set.ts';
import { comparedOn, comparedSplit, powerOf, type SetPower } from './set-power.ts';
import { unanswerableMatch } from './unanswerable-match.ts';
import { unlistedAnswer } from './unlisted-answer.ts';

export interface CheckOptions {
  /** Checks this split alone; all of them by default. */
  readonly split?: string | undefined;
  /** An older copy of the set, or its manifest. */
  readonly against?: string | undefined;
  /** TREC run files. */
  readonly pool?: readonly string[] | undefined;
  /** How many of each ranking's documents are looked at. */
  readonly depth: number;
  /** Whether to make a labelling sheet of what the pool left unjudged. */
  readonly sheet: boolean;
  readonly seed: number;
}

export interface SetCheck {
  readonly set: WholeSet;
  readonly checks: readonly CheckResult[];
  readonly power: SetPower;
  /** By pair of the pool's runs. */
  readonly measured: readonly MeasuredPower[];
  /** By run; undefined without a pool. */
  readonly judged: readonly RunJudged[] | undefined;
  readonly sheet: LabellingSheet | undefined;
}

/** Reads a golden set and runs all checks on it. Throws what reading throws. */
export async function checkSet(path: string, options: CheckOptions): Promise<SetCheck> {
  const whole = await readWholeSet(path, options.split);
  const set: CheckedSet = {
    ...whole,
    baseline: options.against === undefined ? undefined : await readBaseline(options.against, whole),
    pool: options.pool === undefined ? undefined : await readPool(options.pool),
    depth: options.depth,
  };
  let opened: Promise<CorpusSearch> | undefined;
  const search = (): Promise<CorpusSearch> => {
    opened ??= CorpusSearch.open(set.documents?.values() ?? []);
    return opened;
  };
  const checks = await runChecks([...CHECKS, unlistedAnswer(search), unanswerableMatch(search)], set);
  return {
    set: whole,
    checks,
    power: powerOf(set.questions, options.split),
    measured: measuredPower(set, comparedOn(set.questions, comparedSplit(set.questions, options.split))),
    judged: set.pool?.map((run) => judgedBy(set, run)),
    sheet: options.sheet ? makeSheet(set, await search(), seededRandom(options.seed)) : undefined,
  };
}
