import { DEPENDENCIES } from '../../engine/resilience/options.ts';

/** The same for each dependency, which may have settings of its own. */
function each(assignment: string): string[] {
  return DEPENDENCIES.map((name) => `resilience.dependencies.${name}.${assignment}`);
}

/** What can be taken out of a system to see what it is worth: the settings that take it out. */
export const PATTERNS = {
  retry: ['resilience.queries.retries=0'],
  'retry-budget': ['resilience.retryBudget.share=1', 'resilience.retryBudget.reserve=1000000'],
  jitter: ['resilience.queries.jitter=none'],
  breaker: ['resilience.breaker.enabled=false', ...each('breaker.enabled=false')],
  bulkhead: ['resilience.bulkhead.concurrent=1000000', ...each('bulkhead.concurrent=1000000')],
  // No timeout may be above the deadline of the whole question.
  timeout: ['resilience.deadlineMs=3600000', 'resilience.timeoutMs=3600000', ...each('timeoutMs=3600000')],
  degradation: ['degradation.enabled=false'],
  cache: ['caching.enabled=false'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Pattern = keyof typeof PATTERNS;
export const PATTERN_NAMES = Object.keys(PATTERNS) as Pattern[];
