import { GroundspeedError } from '../kernel/errors.ts';
import { nearest } from '../text/nearest.ts';
import { abstentionPrecision } from './answer/abstention-precision.ts';
import { abstentionRecall } from './answer/abstention-recall.ts';
import { answerContainment } from './answer/answer-containment.ts';
import { citationPrecision } from './answer/citation-precision.ts';
import { citationRecall } from './answer/citation-recall.ts';
import { contextPrecision } from './answer/context-precision.ts';
import { contextRecall } from './answer/context-recall.ts';
import { evidenceRecall } from './answer/evidence-recall.ts';
import { exactMatch } from './answer/exact-match.ts';
import { f1 } from './answer/f1.ts';
import { faithfulnessLexical } from './answer/faithfulness-lexical.ts';
import { numericEquality } from './answer/numeric-equality.ts';
import { rougeL } from './answer/rouge-l.ts';
import { type Measure, type MeasureFamily, namePattern } from './measure.ts';
import { bpref } from './retrieval/bpref.ts';
import { judged } from './retrieval/judged.ts';
import { map } from './retrieval/map.ts';
import { mrr } from './retrieval/mrr.ts';
import { ndcg } from './retrieval/ndcg.ts';
import { precision } from './retrieval/precision.ts';
import { rPrecision } from './retrieval/r-precision.ts';
import { recall } from './retrieval/recall.ts';
import { success } from './retrieval/success.ts';

/** Every measure there is. A new one is one file and one line here. */
export const FAMILIES: readonly MeasureFamily[] = [
  ndcg,
  map,
  mrr,
  precision,
  recall,
  success,
  rPrecision,
  bpref,
  judged,
  exactMatch,
  f1,
  rougeL,
  answerContainment,
  numericEquality,
  citationPrecision,
  citationRecall,
  abstentionPrecision,
  abstentionRecall,
  evidenceRecall,
  contextPrecision,
  contextRecall,
  faithfulnessLexical,
];

/** What is printed unless other measures are asked for. */
export const DEFAULT_MEASURES: readonly string[] = [
  'ndcg@5',
  'ndcg@10',
  'map',
  'mrr',
  'precision@1',
  'precision@10',
  'recall@10',
  'recall@100',
  'success@1',
  'success@5',
  'success@10',
  'r-precision',
  'bpref',
  'judged@10',
  'exact-match',
  'f1',
  'rouge-l',
  'answer-containment',
  'numeric-equality',
  'citation-precision',
  'citation-recall',
  'abstention-precision',
  'abstention-recall',
  'evidence-recall@2000tokens',
  'context-precision@5',
  'context-recall',
  'faithfulness-lexical',
];

const FAMILY_BY_NAME = new Map(FAMILIES.map((family) => [family.name, family]));
const LARGEST_CUTOFF = 1_000_000;

/**
 * The measures that names such as `ndcg@10` or `evidence-recall@2000tokens` stand for, each once, in the order given.
 * Throws `usage.argument` with all the names that stand for none, the nearest ones that do, and what exists.
 */
export function parseMeasures(names: readonly string[]): Measure[] {
  const measures = new Map<string, Measure>();
  const problems: string[] = [];
  for (const name of names) {
    const measure = parse(name.trim().toLowerCase());
    if (typeof measure === 'string') problems.push(`${JSON.stringify(name)} ${measure}`);
    else measures.set(measure.name, measure);
  }
  if (names.length === 0) problems.push('No measure is named.');
  if (problems.length > 0) {
    throw new GroundspeedError('usage.argument', problems.join(' '), {
      where: '--measures',
      hint: `The measures are ${FAMILIES.map(namePattern).join(', ')}.`,
      problems,
    });
  }
  return [...measures.values()];
}

/** The measure, or what is wrong with its name, as the end of a sentence. */
function parse(name: string): Measure | string {
  const at = name.indexOf('@');
  const base = at < 0 ? name : name.slice(0, at);
  const cutoff = at < 0 ? undefined : name.slice(at + 1);
  const family = FAMILY_BY_NAME.get(base);
  if (family === undefined) return `is not a measure${suggestion(base, name.slice(base.length))}`;
  if (!isWellFormed(family, cutoff)) return `should be written ${namePattern(family)}.`;
  const k = cutoff === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(cutoff, 10);
  if (cutoff !== undefined && (k < 1 || k > LARGEST_CUTOFF)) {
    return `has a cutoff outside 1 to ${LARGEST_CUTOFF}.`;
  }
  const unit = family.cutoff === 'tokens' ? 'tokens' : '';
  const canonical = cutoff === undefined ? base : `${base}@${k}${unit}`;
  return family.kind === 'retrieval'
    ? { kind: 'retrieval', name: canonical, family, k }
    : { kind: 'answer', name: canonical, family, k };
}

function isWellFormed(family: MeasureFamily, cutoff: string | undefined): boolean {
  if (cutoff === undefined) return family.cutoff === 'none' || family.cutoff === 'optional';
  if (family.cutoff === 'tokens') return /^\d+tokens$/.test(cutoff);
  return family.cutoff !== 'none' && /^\d+$/.test(cutoff);
}

function suggestion(base: string, cutoff: string): string {
  const name = nearest(base, FAMILY_BY_NAME.keys());
  if (name === undefined) return '.';
  const family = FAMILY_BY_NAME.get(name)!;
  const written = typeof parse(name + cutoff) === 'string' ? namePattern(family) : name + cutoff;
  return `; did you mean ${written}?`;
}
