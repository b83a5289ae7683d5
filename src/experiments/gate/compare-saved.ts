import { GroundspeedError } from '../../kernel/errors.ts';
import type { ComparisonRecord, QuestionRecord, RunRecord } from '../../records/schema.ts';
import { compareQuality, type VariantResult } from '../compare-quality.ts';
import { commonQuestions, requireVersion } from './common-questions.ts';

/**
 * The quality of two or more saved runs, compared question by question as variants are, over the questions that all of
 * them share. `names` are theirs, in order; by default the ids of the runs. `savedNotes` says what the reader must be told.
 * Throws `usage.argument` for fewer than two records, `record.version`, and `gate.incomparable` where one holds no quality or
 * shares under 90 % of its questions with the first.
 */
export function compareRecords(
  records: readonly RunRecord[],
  seed: number,
  names: readonly string[] = records.map(({ id }) => id),
): ComparisonRecord {
  const first = requireTwo(records);
  for (const record of records) requireQuality(record);
  const sides = records.map((record) =>
    record === first
      ? null
      : new Map(commonQuestions(first, record).pairs.map(({ before, after }) => [before.id, after])),
  );
  const shared = first.questions!.filter(({ id }) => sides.every((side) => side === null || side.has(id)));
  requireEnough(shared, records);
  const unique = uniqueNames(names);
  return compareQuality(
    records.map(
      (record, index): VariantResult => ({
        name: unique[index]!,
        settings: configDifferences(first.config, record.config),
        quality: record.quality!,
        questions: shared.map((question) => sides[index]?.get(question.id) ?? question),
      }),
    ),
    seed,
  );
}

/** Other golden sets and questions left out, a sentence each. */
export function savedNotes(records: readonly RunRecord[]): string[] {
  const first = requireTwo(records);
  return [...new Set(records.slice(1).flatMap((record) => commonQuestions(first, record).notes))];
}

function requireTwo(records: readonly RunRecord[]): RunRecord {
  if (records.length >= 2) return records[0]!;
  throw new GroundspeedError('usage.argument', `${records.length} record cannot be compared with anything`, {
    hint: 'Name two or more runs.',
  });
}

function requireQuality(record: RunRecord): void {
  requireVersion(record);
  if (record.quality !== undefined && (record.questions?.length ?? 0) > 0) return;
  throw new GroundspeedError(
    'gate.incomparable',
    `The run ${record.id} holds no quality, question by question`,
    {
      where: record.id,
      hint: 'Compare runs of bench or evaluate.',
    },
  );
}

/** Each shares enough with the first; all together may still share too little. */
function requireEnough(shared: readonly QuestionRecord[], records: readonly RunRecord[]): void {
  const most = Math.max(...records.map(({ questions }) => questions!.length));
  if (shared.length >= 0.9 * most) return;
  throw new GroundspeedError(
    'gate.incomparable',
    `Only ${shared.length} of ${most} questions are in all records`,
    {
      hint: 'Ask all of them the same golden set: 90 % must be in common.',
    },
  );
}

/** Two runs may bear one name; what compares them must tell them apart. */
function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

/** What the second configuration sets otherwise, as `path=value`, in the order of its paths. */
export function configDifferences(
  base: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): string[] {
  const [before, after] = [leaves(base, ''), leaves(other, '')];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [one, two] = [before.get(path), after.get(path)];
    return one === two ? [] : [`${path}=${two ?? '(unset)'}`];
  });
}

function leaves(value: Readonly<Record<string, unknown>>, prefix: string): Map<string, string> {
  return new Map(
    Object.entries(value).flatMap(([name, inner]): [string, string][] => {
      const path = `${prefix}${name}`;
      if (inner === undefined) return [];
      if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
        return [...leaves(inner as Record<string, unknown>, `${path}.`)];
      return [[path, typeof inner === 'string' ? inner : JSON.stringify(inner)]];
    }),
  );
}
