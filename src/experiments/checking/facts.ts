import type { GoldenQuestion, GoldenSet } from '../../datasets/golden.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { TargetDescription } from '../../load/targets/http/target-description.ts';
import type { ConnectionFacts } from '../http-probe.ts';
import type { IdMatches } from '../id-matching.ts';
import type { Change } from './changes.ts';
import type { Understood } from './understanding.ts';

export interface CheckedQuestion {
  readonly text: string;
  /** Undefined where the question is none of the golden set. */
  readonly golden?: GoldenQuestion | undefined;
}

export interface TargetChecking {
  readonly description: TargetDescription;
  readonly question: CheckedQuestion;
  /** Tells which ids are those of golden documents; without it, nothing is said of ids. */
  readonly golden?: GoldenSet | undefined;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Something that went wrong, in the words of a run. */
export interface CheckFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export interface CheckedResponse {
  readonly status: number;
  readonly contentType: string | null;
  readonly headMs: number;
  readonly firstByteMs: number | null;
  /** Null where the target does not stream. */
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
  readonly bytes: number;
  readonly pieces: number;
  /** The beginning of the body, without secrets. */
  readonly text: string;
  /** More came than `text` shows. */
  readonly clipped: boolean;
}

/** Plain data: what `target check --json` prints. What could not be had is null. */
export interface TargetCheck {
  readonly target: { readonly url: string; readonly method: string; readonly preset: string | null };
  readonly question: { readonly id: string | null; readonly text: string };
  /** Null where no connection was made. */
  readonly connection: ConnectionFacts | null;
  readonly response: CheckedResponse | null;
  /** Why a run could not use the response; null where it could. */
  readonly failure: CheckFailure | null;
  readonly understood: readonly Understood[];
  readonly passages: readonly CheckedPassage[];
  readonly ids: IdMatches | null;
  readonly changes: readonly Change[];
}

export interface CheckedPassage {
  /** As it is mapped to golden documents. */
  readonly id: string;
  readonly score: number | null;
  readonly text: string | null;
  /** Whether the golden set knows the id; null without a golden set. */
  readonly known: boolean | null;
}
