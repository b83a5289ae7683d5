import type { BlockRecord, GateRecord, GateRow, QuestionRecord, RunRecord } from '../../records/schema.ts';
import { pairBlocks } from '../paired/block-pairs.ts';
import { answerChanged, rankingChanged } from './changes.ts';
import { type CommonQuestions, commonQuestions } from './common-questions.ts';
import { flipsOf } from './flips.ts';
import { baselineOverload, candidateOverload } from './held-load.ts';
import { indicatorRows } from './indicator-rows.ts';
import { movedQuestions, movedStages } from './moved.ts';
import { pinnedRows } from './pinned-rows.ts';
import type { GatePolicy } from './policy.ts';
import { qualityRows } from './quality-rows.ts';
import { sloRows } from './slo-rows.ts';
import { withoutUnscored } from './unscored.ts';
import { answeredNothing, invalidPairs, invalidReasons } from './validity.ts';
import { gateVerdict, unseenSentence } from './verdict.ts';
import { weakerComparison } from './weaker.ts';

export interface RecordsInput {
  readonly baseline: RunRecord;
  readonly candidate: RunRecord;
  readonly policy: GatePolicy;
  readonly seed: number;
  /** What the baseline is called: `main`, `git:v1.2`. Its run's id unless given. */
  readonly name?: string | undefined;
  /** What the candidate did when pinned questions that flipped were asked again, by question id. */
  readonly askedAgain?: ReadonlyMap<string, readonly QuestionRecord['right'][]> | undefined;
}

export interface BlocksInput extends RecordsInput {
  /** Both variants', of the first batch (0) and the confirming one (1). */
  readonly blocks: readonly BlockRecord[];
  /** What blocks call the two. */
  readonly variants?: { readonly baseline: string; readonly candidate: string } | undefined;
}

/** A gate, with what its reader must be told besides. */
export interface GateResult extends GateRecord {
  /** Why the run cannot be trusted: then the verdict is never PASS, and the process exits with 7 unless a row fails. */
  readonly invalid: string[];
  /** Other golden sets, questions left out. */
  readonly notes: string[];
}

/**
 * Holds one saved run against another: quality by question, pinned questions and absolute objectives. Latency is not gated
 * (`weaker` says why, and what was seen). Throws `record.version`, and `gate.incomparable` for other questions.
 */
export function gateRecords(input: RecordsInput): GateResult {
  const { baseline, candidate } = input;
  const common = commonQuestions(baseline, candidate);
  return gateOf(input, {
    common,
    basis: 'records',
    weaker: weakerComparison(baseline, candidate),
    speed: [],
    slo: sloRows({ slo: input.policy.slo, baseline, candidate }),
    invalid: invalidReasons(baseline, candidate),
  });
}

const VARIANTS = { baseline: 'baseline', candidate: 'candidate' };

/** The same of two that ran here in turns, so that latency is gated, too. Throws as `gateRecords` does. */
export function gateBlocks(input: BlocksInput): GateResult {
  const { baseline, candidate, blocks, policy, variants = VARIANTS } = input;
  const common = commonQuestions(baseline, candidate);
  const all = pairBlocks(blocks, { a: variants.baseline, b: variants.candidate });
  const broken = [
    ...[0, 1].flatMap((batch) =>
      invalidPairs(pairBlocks(blocks, { a: variants.baseline, b: variants.candidate, batch })),
    ),
    ...baselineOverload({ blocks, variant: variants.baseline }, baseline),
  ];
  const moved = [...candidateOverload({ blocks, variant: variants.candidate }), ...movedStages(all.pairs)];
  const rows = indicatorRows({ blocks, ...variants, policy }).map((row) => ({
    ...(broken.length > 0 ? distrusted(row, broken) : row),
    ...(row.verdict === 'FAIL' && broken.length === 0 && { moved }),
  }));
  const own = all.pairs.map(({ b }) => b);
  return gateOf(input, {
    common,
    basis: 'interleaved',
    weaker: all.pairs.length > 0 ? null : 'Latency was not gated: no pair of blocks could be compared.',
    speed: rows,
    slo: sloRows({ slo: policy.slo, baseline, candidate, blocks: own }),
    invalid: [...invalidReasons(baseline, candidate), ...broken],
  });
}

interface Parts {
  readonly common: CommonQuestions;
  readonly basis: GateRecord['basis'];
  readonly weaker: string | null;
  readonly speed: readonly GateRow[];
  readonly slo: readonly GateRow[];
  readonly invalid: readonly string[];
}

function gateOf(
  { baseline, candidate, policy, seed, name, askedAgain }: RecordsInput,
  parts: Parts,
): GateResult {
  const { common, basis, weaker, speed, slo, invalid } = parts;
  const { pairs, onlyBefore, onlyAfter, notes } = common;
  const scored = withoutUnscored(policy, pairs);
  const quality = judgedQuality({ baseline, candidate, policy: scored.policy, seed }, common);
  const pinned = policy.pinned
    ? pinnedRows({ pairs, missing: missingFrom(baseline, common), askedAgain })
    : [];
  // Of a target that never answered, no question flipped.
  const trusted = answeredNothing(candidate) ? pinned.map((row) => distrusted(row, invalid)) : pinned;
  const rows = [...quality, ...speed, ...slo, ...trusted];
  return {
    baseline: {
      name: name ?? baseline.id,
      id: baseline.id,
      startedAt: baseline.startedAt,
      commit: baseline.environment.git?.commit ?? null,
      fingerprint: baseline.environment.fingerprint,
    },
    basis,
    weaker,
    questions: {
      compared: pairs.length,
      onlyBefore,
      onlyAfter,
      changedRankings: pairs.filter(rankingChanged).length,
      changedAnswers: pairs.filter(answerChanged).length,
    },
    rows,
    flips: flipsOf(pairs),
    verdict: gateVerdict(rows, invalid),
    unseen: unseenSentence(rows, { speed: speed.length > 0 }),
    invalid: [...invalid],
    notes: [
      ...notes,
      ...scored.notes,
      ...(baseline.complete ? [] : ['The run of the baseline was interrupted.']),
    ],
  };
}

function judgedQuality(
  { baseline, candidate, policy, seed }: Pick<RecordsInput, 'baseline' | 'candidate' | 'policy' | 'seed'>,
  { pairs }: CommonQuestions,
): GateRow[] {
  const rows = qualityRows({ pairs, policy, seed });
  const nobody = [baseline, candidate].filter(answeredNothing);
  return rows.map((row, index) => {
    if (nobody.length > 0) return distrusted(row, ['a target that answers nothing shows nothing']);
    return row.verdict === 'FAIL' ? { ...row, moved: movedQuestions(pairs, policy.measures[index]!) } : row;
  });
}

/** What an invalid run says neither passes nor fails. */
function distrusted(row: GateRow, reasons: readonly string[]): GateRow {
  return {
    ...row,
    verdict: 'INCONCLUSIVE',
    confirmed: null,
    why: `the run was invalid: ${reasons.join('; ')}`,
  };
}

/** Questions of the baseline that the candidate was not asked, or not as they were. */
function missingFrom({ questions = [] }: RunRecord, { pairs }: CommonQuestions): QuestionRecord[] {
  const compared = new Set(pairs.map(({ before }) => before.id));
  return questions.filter(({ id }) => !compared.has(id));
}
