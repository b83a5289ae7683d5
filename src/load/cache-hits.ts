import type { CacheHitShare, CachesRecord } from '../records/cache-schema.ts';
import { CACHE_CODES, MATCHED_OTHER, RIGHT_CODES, STALE_CODES } from '../records/columns.ts';
import { batchShareInterval } from '../statistics/batch-means.ts';
import { wilsonInterval } from '../statistics/proportions.ts';
import { bounds } from './latency-record.ts';
import type { PhaseVerdicts } from './phase-setting.ts';
import type { PhaseRecorder } from './recorder.ts';
import { chosen, countOnes, distinct, onesFor, type Rows } from './row-choice.ts';

/** Hits that a cache should not have given as they were: past their time, or for another question. */

const MISS = CACHE_CODES.indexOf('miss');
const SEMANTIC = CACHE_CODES.indexOf('semantic');
const [STALENESS_UNKNOWN, , STALE] = STALE_CODES.map((_, code) => code) as [number, number, number];
const [UNSCORED, RIGHT] = RIGHT_CODES.map((_, code) => code) as [number, number];

/** Of the requests that some layer served and that tell how old that was, those past their time. Null where none tells it. */
export function staleHits(rows: PhaseRecorder, asked: Rows): CacheHitShare | null {
  const told = chosen(asked, (row) => rows.cache[row] !== MISS && rows.stale[row] !== STALENESS_UNKNOWN);
  return told.length === 0 ? null : hitShare(rows, told, (row) => rows.stale[row] === STALE);
}

/** What is known of one semantic hit. Undefined is: nobody can say. */
export interface SemanticHit {
  /** Of the answer that came. */
  readonly right: boolean | undefined;
  /** Of the answer to the same question that is made anew. */
  readonly freshRight: boolean | undefined;
  /** The answer was made for another golden question. */
  readonly crossed: boolean | undefined;
}

/**
 * Whether a semantic hit is false: the cache, and not the pipeline, is why this answer does not answer the question.
 *
 * - Wrong where the answer made anew is right: false, whatever was matched.
 * - Right: not false, though another golden question may have been matched, since questions may have the same answer.
 * - Given by another golden question, and wrong or unscored: false.
 * - Else wrong or unscored: not false where the question itself was matched, or where the answer made anew is wrong as well;
 *   undefined where neither is known.
 */
export function isFalseHit({ right, freshRight, crossed }: SemanticHit): boolean | undefined {
  if (right === true) return false;
  if (crossed === true || isLost({ right, freshRight })) return true;
  if (crossed === false) return false;
  return right === false && freshRight === false ? false : undefined;
}

/** Whether the hit cost a right answer. Undefined where either answer is unscored. */
export function isLost({ right, freshRight }: Omit<SemanticHit, 'crossed'>): boolean | undefined {
  return right === undefined || freshRight === undefined ? undefined : freshRight && !right;
}

/** Of the hits of one layer, those past their time; null where none tells it. */
export function staleIn(rows: PhaseRecorder, among: Rows, layer: number): number | null {
  let [told, stale] = [0, 0];
  for (let index = 0; index < among.length; index += 1) {
    const row = among[index]!;
    if (rows.cache[row] !== layer || rows.stale[row] === STALENESS_UNKNOWN) continue;
    told += 1;
    if (rows.stale[row] === STALE) stale += 1;
  }
  return told === 0 ? null : stale;
}

export function semanticHits(
  rows: PhaseRecorder,
  { right, fresh }: PhaseVerdicts,
  hits: Rows,
): CachesRecord['semantic'] {
  const own = chosen(hits, (row) => rows.cache[row] === SEMANTIC);
  if (own.length === 0) return null;
  const hitOf = (row: number): SemanticHit => {
    const question = rows.question[row]!;
    return {
      right: verdict(right[row]),
      freshRight: verdict(fresh?.[question]),
      crossed: crossed(rows.matched.at(row), question),
    };
  };
  const shareBy = (of: (hit: SemanticHit) => boolean | undefined): CacheHitShare => {
    const told = chosen(own, (row) => of(hitOf(row)) !== undefined);
    return hitShare(rows, told, (row) => of(hitOf(row)) === true);
  };
  const falsely = shareBy(isFalseHit);
  const crossing = shareBy((hit) => hit.crossed);
  return {
    false: falsely,
    lost: shareBy(isLost),
    crossed: crossing.of === 0 ? null : crossing,
    unjudged: own.length - falsely.of,
  };
}

function verdict(code: number | undefined): boolean | undefined {
  return code === undefined || code === UNSCORED ? undefined : code === RIGHT;
}

/** NaN is not told; 0 would be the same, from a record. */
function crossed(matched: number, question: number): boolean | undefined {
  if (!(matched > 0) || matched === MATCHED_OTHER) return undefined;
  return matched - 1 !== question;
}

/**
 * A share by request, with the interval of batch means, and by distinct question, with Wilson's: requests for one question get
 * the same kept answer over and over, and are no independent trials.
 */
function hitShare(rows: PhaseRecorder, among: Rows, is: (row: number) => boolean): CacheHitShare {
  const questionOf = (row: number): number => rows.question[row]!;
  const ones = onesFor(among, is);
  const count = countOnes(ones);
  const questions = distinct(chosen(among, is), questionOf);
  const ofQuestions = distinct(among, questionOf);
  return {
    count,
    of: among.length,
    share: among.length === 0 ? null : count / among.length,
    ci95: bounds(batchShareInterval(ones)),
    questions,
    ofQuestions,
    questionsCi95: wilsonInterval(questions, ofQuestions),
  };
}
