import { GroundspeedError } from '../../kernel/errors.ts';
import { type QuestionRecord, RECORD_SCHEMA, type RunRecord } from '../../records/schema.ts';

/** One golden question in the records of two runs. */
export interface QuestionPair {
  readonly before: QuestionRecord;
  readonly after: QuestionRecord;
}

export interface CommonQuestions {
  readonly pairs: readonly QuestionPair[];
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  /** What the reader must know: other golden sets, questions left out. */
  readonly notes: readonly string[];
}

/** Less in common than this share of the larger set is another set. */
const LEAST_IN_COMMON = 0.9;

/**
 * The questions of two records that are the same: the same id, text and expectation, for a score is held against all three.
 * In the order of the first record. Throws `record.version` for a record of another version, and `gate.incomparable` where under 90 % of
 * the larger set are in common; anything short of all is told in `notes`.
 */
export function commonQuestions(baseline: RunRecord, candidate: RunRecord): CommonQuestions {
  requireVersion(baseline);
  requireVersion(candidate);
  const before = baseline.questions ?? [];
  const after = candidate.questions ?? [];
  const byId = new Map(after.map((question) => [question.id, question]));
  let altered = 0;
  const pairs = before.flatMap((question): QuestionPair[] => {
    const other = byId.get(question.id);
    if (other === undefined) return [];
    if (isSame(question, other)) return [{ before: question, after: other }];
    altered += 1;
    return [];
  });
  const onlyBefore = before.length - pairs.length;
  const onlyAfter = after.length - pairs.length;
  // Without any questions in one of them there is nothing to compare, which the rows say; sets do not differ by that.
  if (before.length > 0 && after.length > 0) {
    requireEnough({ baseline, candidate, common: pairs.length, altered });
  }
  return {
    pairs,
    onlyBefore,
    onlyAfter,
    notes: notesOn({ baseline, candidate, common: pairs.length, altered }),
  };
}

/** Throws `record.version` for a record of another version. */
export function requireVersion({ schema, id }: RunRecord): void {
  // Read from a file it has been checked; made by a program it need not have been.
  if ((schema as string) === RECORD_SCHEMA) return;
  throw new GroundspeedError('record.version', `${id} is a ${schema}; this version reads ${RECORD_SCHEMA}`, {
    where: id,
    hint: 'Read it with the version that wrote it, or run it again.',
  });
}

function isSame(one: QuestionRecord, other: QuestionRecord): boolean {
  return (
    one.question === other.question &&
    one.answerable === other.answerable &&
    JSON.stringify(one.expected) === JSON.stringify(other.expected)
  );
}

interface InCommon {
  readonly baseline: RunRecord;
  readonly candidate: RunRecord;
  readonly common: number;
  readonly altered: number;
}

function requireEnough({ baseline, candidate, common, altered }: InCommon): void {
  const [before, after] = [baseline.questions!.length, candidate.questions!.length];
  const larger = Math.max(before, after);
  if (common >= LEAST_IN_COMMON * larger) return;
  const same = altered === 0 ? '' : ` (${altered} bear the same id, but another text or expectation)`;
  throw new GroundspeedError(
    'gate.incomparable',
    `${baseline.id} has ${before} questions and ${candidate.id} ${after}; only ${common} are the same${same}`,
    {
      where: candidate.id,
      hint: `Ask both the same golden set, or accept a new baseline: 90 % must be in common, ${Math.ceil(LEAST_IN_COMMON * larger)} here.`,
      problems: setsOf(baseline, candidate),
    },
  );
}

function notesOn({ baseline, candidate, common, altered }: InCommon): string[] {
  const [before, after] = [baseline.questions?.length ?? 0, candidate.questions?.length ?? 0];
  const notes = setsOf(baseline, candidate);
  if (common < Math.max(before, after) && common > 0) {
    const same =
      altered === 0 ? '' : `; ${altered} of the rest bear the same id, but another text or expectation`;
    notes.push(
      `Compared on ${common} questions that are in both: ${before - common} stand in the baseline alone, ${after - common} in the candidate alone${same}.`,
    );
  }
  return notes;
}

/** In what two golden sets differ, a sentence each. */
function setsOf({ dataset: before }: RunRecord, { dataset: after }: RunRecord): string[] {
  if (before === null || after === null) return [];
  const sentences: string[] = [];
  const named = ({ name, version, split }: typeof before): string =>
    [name, version, split].filter((part) => part !== null).join(' ');
  if (named(before) !== named(after))
    sentences.push(`The golden sets differ: ${named(before)}, then ${named(after)}.`);
  if (before.questionsHash !== after.questionsHash)
    sentences.push('The questions of the golden set have changed since (their hashes differ).');
  if (before.corpusHash !== after.corpusHash)
    sentences.push('The documents of the golden set have changed since (their hashes differ).');
  return sentences;
}
