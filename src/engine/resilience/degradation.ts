import { GroundspeedError } from '../../kernel/errors.ts';
import { failureCauseOf } from './failure.ts';
import { DEGRADATION_LEVELS, type DegradationLevel, type Dependency } from './options.ts';

/** One thing that was left out, or that stood in. */
export interface DegradationStep {
  readonly level: DegradationLevel;
  /** What failed, and how: "embedder: open". */
  readonly reason: string;
}

/** How an answer is less than the full pipeline's. */
export interface Degradation {
  /** The worst of its steps. */
  readonly level: DegradationLevel;
  /** Of the worst step: "embedder: open". */
  readonly reason: string;
  /** All that was left out or stood in, in the order in which it happened. */
  readonly steps: readonly DegradationStep[];
}

/** What can fail on a question's way: the dependencies, the parts between them, and its own time. */
export type FailureSource = Dependency | 'reranker' | 'index' | 'question';

/** Something that failed on a question's way, for which something less may stand in. */
export interface Failure {
  readonly source: FailureSource;
  readonly error: unknown;
}

/** "embedder: open", "question: deadline". */
export function reasonOf({ source, error }: Failure): string {
  return `${source}: ${source === 'question' ? 'deadline' : failureCauseOf(error)}`;
}

/** Undefined without steps: the full pipeline answered. */
export function degradationOf(steps: readonly DegradationStep[]): Degradation | undefined {
  const [first, ...rest] = steps;
  if (first === undefined) return undefined;
  const { level, reason } = rest.reduce((worst, step) => (rank(step) > rank(worst) ? step : worst), first);
  return { level, reason, steps };
}

const rank = ({ level }: DegradationStep): number => DEGRADATION_LEVELS.indexOf(level);

/**
 * Whether it is the asker's, the setting's or the engine's own refusal, and no failure of anything that the question
 * needed: nothing stands in then. A store made with another embedder is one of them: it stays so until somebody acts, which
 * answers of a lower level would hide.
 */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof GroundspeedError)) return false;
  const { code } = error;
  return (
    code.startsWith('query.') ||
    code.startsWith('engine.') ||
    code.startsWith('config.') ||
    code === 'usage.argument' ||
    code === 'store.empty' ||
    code === 'store.incompatible'
  );
}
