import type { QuestionRecord } from '../../records/schema.ts';
import { RIGHT } from './policy.ts';

/** What a measure says of one question; null where it says nothing. Right answers are 1, wrong ones 0. */
export function scoreOf({ right, scores }: QuestionRecord, name: string): number | null {
  if (name !== RIGHT) return scores[name] ?? null;
  return right === 'unscored' ? null : Number(right === 'right');
}
