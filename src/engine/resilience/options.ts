import { z } from 'zod';
import { GroundspeedError } from '../../kernel/errors.ts';

const number = z.coerce.number();
const share = number.min(0).max(1);
const count = number.int().min(1);
const boolean = z.union([
  z.boolean(),
  z
    .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
    .transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
]);

/** What the engine leans on, each behind a policy of its own. */
export const DEPENDENCIES = ['embedder', 'vectors', 'keywords', 'generator', 'cache', 'store'] as const;
export type Dependency = (typeof DEPENDENCIES)[number];

/** The circuit breaker of a dependency. */
const breaker = z.strictObject({
  enabled: boolean.default(true).describe('Whether calls are spared once a dependency keeps failing.'),
  mode: z
    .enum(['consecutive', 'rate'])
    .default('consecutive')
    .describe('What opens it: failures in a row, or a share of failures within a window.'),
  failures: count.default(5).describe('consecutive: failures in a row that open it.'),
  rate: share.default(0.5).describe('rate: share of calls in the window that fail.'),
  windowSeconds: number.gt(0).default(10).describe('rate: seconds that are looked back on.'),
  leastCalls: count.default(10).describe('rate: calls in the window, at least.'),
  resetSeconds: number
    .gt(0)
    .default(60)
    .describe('Seconds until one call is let through to see whether it works again.'),
});

/** The bulkhead: so many calls at once, so many wait. */
const bulkhead = z.strictObject({
  concurrent: count.default(256).describe('Calls to the dependency at once, at most.'),
  queued: number.int().min(0).default(1024).describe('Calls that wait for a place, at most.'),
});

const retry = (base: number, retries: number, cap: number) =>
  z
    .strictObject({
      retries: number.int().min(0).max(20).default(retries).describe('Attempts after the first, at most.'),
      baseMs: number
        .min(0)
        .default(base)
        .describe('Upper end of the first delay; the delay is drawn from 0 to it, unless jitter is none.'),
      factor: number.min(1).max(10).default(2).describe('By which the upper end grows from delay to delay.'),
      capMs: number.min(0).default(cap).describe('Upper end of a delay, at most.'),
      jitter: z
        .enum(['full', 'none'])
        .default('full')
        .describe(
          'full: drawn from 0 to the upper end, so that what failed together comes back apart; none: always the upper end.',
        ),
    })
    .prefault({});

const policy = {
  timeoutMs: number
    .gt(0)
    .describe(
      'Milliseconds for one attempt, within the deadline; of a generator: until its next piece of text. By default 30000.',
    ),
  breaker,
  bulkhead,
};

/** What of a policy may differ from dependency to dependency. Left out: as `resilience` itself has it. */
const override = z.strictObject({
  timeoutMs: policy.timeoutMs.optional(),
  breaker: z
    .strictObject({
      enabled: boolean.optional(),
      mode: z.enum(['consecutive', 'rate']).optional(),
      failures: count.optional(),
      rate: share.optional(),
      windowSeconds: number.gt(0).optional(),
      leastCalls: count.optional(),
      resetSeconds: number.gt(0).optional(),
    })
    .optional()
    .describe('Parts of the breaker that differ.'),
  bulkhead: z
    .strictObject({ concurrent: count.optional(), queued: number.int().min(0).optional() })
    .optional()
    .describe('Parts of the bulkhead that differ.'),
});

/** What is set, without what contradicts itself. */
const settings = z.strictObject({
  enabled: boolean.default(true).describe('Switches timeouts, retries, breakers and bulkheads off at once.'),
  deadlineMs: number
    .gt(0)
    .default(30_000)
    .describe('Milliseconds for a whole question, unless its caller allows less.'),
  timeoutMs: policy.timeoutMs.optional(),
  queries: retry(100, 1, 60_000).describe('Retries of what a question needs, within its deadline.'),
  ingest: retry(1000, 3, 60_000).describe('Retries of what an ingest needs.'),
  retryBudget: z
    .strictObject({
      share: share
        .default(0.1)
        .describe('Retries allowed per call, over time: 0.1 is one retry for ten calls.'),
      reserve: number
        .min(0)
        .default(10)
        .describe('Retries that may be saved up, and that there are at the start.'),
    })
    .prefault({}),
  breaker: breaker.prefault({}),
  bulkhead: bulkhead.prefault({}),
  dependencies: z
    .partialRecord(z.enum(DEPENDENCIES), override)
    .default({})
    .describe(
      'What differs for one of them: embedder, vectors, keywords, generator, cache, store. Where the provider is openai, its breaker opens after 3 failures for 30 s, and that of a Redis for 5 s, unless this says otherwise.',
    ),
});

export type ResilienceOptions = z.infer<typeof settings>;
export type BreakerOptions = z.infer<typeof breaker>;
export type BulkheadOptions = z.infer<typeof bulkhead>;
export type RetryOptions = ResilienceOptions['queries'];

/** Timeouts, retries, circuit breakers and bulkheads around every dependency. */
export const resilienceOptions = settings.superRefine((options, context) => {
  for (const { path, message } of contradictionsIn(options)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

/** What holds for one dependency. */
export interface DependencyOptions {
  readonly timeoutMs: number;
  readonly breaker: BreakerOptions;
  readonly bulkhead: BulkheadOptions;
}

const TIMEOUT_MS = 30_000;
/** Of a paid service, each failure of which costs seconds. */
const SERVICE_BREAKER: Partial<BreakerOptions> = { failures: 3, resetSeconds: 30 };
/** Memory stands in while a shared cache is away, and asking it again costs next to nothing. */
const SHARED_CACHE_BREAKER: Partial<BreakerOptions> = { resetSeconds: 5 };

/** `remote`: it is reached over the network. */
export function optionsOf(
  dependency: Dependency,
  options: ResilienceOptions,
  remote: boolean,
): DependencyOptions {
  const own = options.dependencies[dependency];
  const isService = remote && (dependency === 'embedder' || dependency === 'generator');
  const isSharedCache = remote && dependency === 'cache';
  const usual = { ...(isService && SERVICE_BREAKER), ...(isSharedCache && SHARED_CACHE_BREAKER) };
  const whole = { ...options.breaker, ...usual };
  return {
    timeoutMs: own?.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS,
    breaker: { ...whole, ...given(own?.breaker) },
    bulkhead: { ...options.bulkhead, ...given(own?.bulkhead) },
  };
}

interface Given<T> {
  readonly [name: string]: T | undefined;
}

/** Without what is undefined, which would overwrite. */
function given<T extends object>(part: T | undefined): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries((part ?? {}) as Given<unknown>).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}

export interface Contradiction {
  /** Below `resilience`. */
  readonly path: readonly string[];
  /** `must not be above …` */
  readonly message: string;
}

/** Settings that are each possible, and not together. */
export function contradictionsIn(options: ResilienceOptions): Contradiction[] {
  const found: Contradiction[] = [];
  const { deadlineMs, retryBudget } = options;
  const withinDeadline = (path: string[], timeoutMs: number | undefined): void => {
    if (timeoutMs === undefined || timeoutMs <= deadlineMs) return;
    found.push({ path, message: `must not be above resilience.deadlineMs (${deadlineMs})` });
  };
  withinDeadline(['timeoutMs'], options.timeoutMs);
  for (const [dependency, own] of Object.entries(options.dependencies)) {
    withinDeadline(['dependencies', dependency, 'timeoutMs'], own?.timeoutMs);
    if (own?.breaker?.rate === 0) {
      found.push({ path: ['dependencies', dependency, 'breaker', 'rate'], message: RATE });
    }
  }
  for (const purpose of ['queries', 'ingest'] as const) {
    const { baseMs, capMs } = options[purpose];
    if (baseMs <= capMs) continue;
    found.push({
      path: [purpose, 'baseMs'],
      message: `must not be above resilience.${purpose}.capMs (${capMs})`,
    });
  }
  if (options.breaker.rate === 0) found.push({ path: ['breaker', 'rate'], message: RATE });
  if (retryBudget.reserve > 0 && retryBudget.reserve < 1) {
    found.push({
      path: ['retryBudget', 'reserve'],
      message: 'must be 0 (no retries) or at least 1, for a part of a retry cannot be made',
    });
  }
  return found;
}

const RATE = 'must be above 0: a breaker cannot open when no call fails';

/**
 * Refuses settings that could not work, however they were made: `config.invalid` with the path of each. Those that were read
 * through the schema have been looked at already.
 */
export function refuseContradictions(options: ResilienceOptions): void {
  const { error } = settings.safeParse(options);
  const impossible = (error?.issues ?? []).map(({ path, message }) => ({ path: path.map(String), message }));
  const found = impossible.length > 0 ? impossible : contradictionsIn(options);
  if (found.length === 0) return;
  const problems = found.map(({ path, message }) => `${['resilience', ...path].join('.')}: ${message}`);
  throw new GroundspeedError(
    'config.invalid',
    problems.length === 1
      ? 'One setting of resilience is wrong'
      : `${problems.length} settings of resilience are wrong`,
    { problems, where: ['resilience', ...found[0]!.path].join('.') },
  );
}

/** What stands in when the full pipeline cannot answer, from the best to the last. */
export const DEGRADATION_LEVELS = ['keyword', 'extractive', 'cached', 'canned', 'last-resort'] as const;
export type DegradationLevel = (typeof DEGRADATION_LEVELS)[number];

/** What is answered when something fails. */
export const degradationOptions = z.strictObject({
  enabled: boolean
    .default(true)
    .describe('Whether a question is answered by something less when a dependency fails; else it fails.'),
  layers: z
    .union([
      z.array(z.enum(DEGRADATION_LEVELS)),
      z
        .string()
        .transform((list) =>
          list
            .split(',')
            .map((item) => item.trim())
            .filter(Boolean),
        )
        .pipe(z.array(z.enum(DEGRADATION_LEVELS))),
    ])
    .default(['keyword', 'extractive', 'cached', 'canned'])
    .describe(
      'What is tried, in this order: keyword (search without vectors), extractive (sentences instead of the generator), cached (an earlier answer, also a stale one, marked), canned (cannedAnswers), last-resort (an apology that never fails).',
    ),
  staleSeconds: number
    .min(0)
    .default(86_400)
    .describe('Seconds for which an answer may be served after it has gone stale, by the layer cached.'),
  cannedAnswers: z
    .string()
    .min(1)
    .optional()
    .describe('File of the canned answers (YAML or JSON): words to look for, and what to say.'),
  contact: z
    .string()
    .min(1)
    .optional()
    .describe('Whom the last resort tells people to turn to.')
    .meta({ examples: ['support@example.com'] }),
  language: z.enum(['en', 'de', 'fr', 'es']).default('en').describe('Language of the last resort.'),
});

export type DegradationOptions = z.infer<typeof degradationOptions>;
