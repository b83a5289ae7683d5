import type { CapacityRecord, LoadRecord, PhaseRecord } from '../records/schema.ts';

/** The plain words behind the names that a record uses. */

export type FunnelGroup = 'good' | 'late' | 'retrieval' | 'generation' | 'unseen' | 'failed';

export interface FunnelWords {
  readonly label: string;
  readonly meaning: string;
  readonly group: FunnelGroup;
}

/** In the order in which a reader follows a question through the system; classes of a group stand together. */
const FUNNEL_WORDS: Readonly<Record<string, FunnelWords>> = {
  'right-in-time': {
    label: 'Right and in time',
    meaning: 'The answer was right and came before the deadline.',
    group: 'good',
  },
  'right-late': {
    label: 'Right but late',
    meaning: 'The answer was right, after the deadline.',
    group: 'late',
  },
  'not-in-corpus': {
    label: 'Not in the corpus',
    meaning: 'No relevant document was indexed.',
    group: 'retrieval',
  },
  'not-in-top-100': {
    label: 'Not in the top 100',
    meaning: 'Retrieval ranked no relevant document among its first 100.',
    group: 'retrieval',
  },
  'below-k': {
    label: 'Below k',
    meaning: 'A relevant document was ranked, but below the passages that were retrieved.',
    group: 'retrieval',
  },
  'cut-from-context': {
    label: 'Cut from the context',
    meaning: 'The right passage was retrieved but did not fit into what the generator was shown.',
    group: 'generation',
  },
  'answered-wrong': {
    label: 'In the context, answered wrong',
    meaning: 'The generator was shown the right passage and still answered wrong.',
    group: 'generation',
  },
  'wrongly-abstained': {
    label: 'Wrongly abstained',
    meaning: 'It said that it does not know, though the question can be answered.',
    group: 'generation',
  },
  'should-have-abstained': {
    label: 'Should have abstained',
    meaning: 'It answered a question that cannot be answered from the corpus.',
    group: 'generation',
  },
  unknown: {
    label: 'Wrong at an unknown stage',
    meaning: 'Wrong, and the target hides the stage at which it went wrong.',
    group: 'unseen',
  },
  unscored: {
    label: 'Unscored',
    meaning: 'The golden question has nothing to compare with what the target returns.',
    group: 'unseen',
  },
  error: { label: 'Error', meaning: 'The target failed.', group: 'failed' },
  timeout: { label: 'Timeout', meaning: 'No complete answer came in the time allowed.', group: 'failed' },
  dropped: {
    label: 'Dropped',
    meaning: 'Never sent: too many requests were in flight already.',
    group: 'failed',
  },
};

export const FUNNEL_ORDER: readonly string[] = Object.keys(FUNNEL_WORDS);

/** Words for a class; one that this version does not know is shown by its own name. */
export function funnelWords(name: string): FunnelWords {
  return (
    FUNNEL_WORDS[name] ?? {
      label: name,
      meaning: 'A class that this version does not know.',
      group: 'unseen',
    }
  );
}

export const VERDICTS = {
  PASS: { mark: '✓', meaning: 'The 95 % interval of what was judged lies within the bound.' },
  FAIL: { mark: '✗', meaning: 'The 95 % interval of what was judged lies beyond the bound.' },
  INCONCLUSIVE: { mark: '?', meaning: 'The 95 % interval holds the bound, or there is none.' },
} as const;

export const ARRIVALS: Readonly<Record<PhaseRecord['arrivalProcess'], string>> = {
  poisson: 'Poisson arrivals',
  constant: 'constant arrivals',
  replay: 'arrivals replayed from a file',
  closed: 'closed loop',
};

/** What ended a phase before its time. */
export const ENDED_BY: Readonly<Record<NonNullable<PhaseRecord['endedBy']>, string>> = {
  interrupted: 'interrupted',
  'max-requests': 'ended by --max-requests',
  'max-cost': 'ended by --max-cost',
};

export const CACHE_MODES: Readonly<Record<PhaseRecord['cacheMode'], string>> = {
  uncached: 'uncached',
  cached: 'cached',
  'as-configured': "includes the target's cache",
};

/** Steps of a capacity search. */
export const STEPS: Readonly<Record<CapacityRecord['probes'][number]['step'], string>> = {
  closed: 'closed',
  climb: 'climb',
  bisect: 'bisect',
  narrow: 'narrow',
  confirm: 'confirm',
  sweep: 'sweep',
};

/** What broke above the capacity, by its kind. */
export const LIMITS: Readonly<Record<CapacityRecord['limitKind'], string>> = {
  latency: 'latency',
  errors: 'errors',
  quality: 'quality',
  cost: 'cost',
  schedule: 'requests that could not be sent in time',
  backlog: 'requests that pile up',
  generator: 'the load generator, not the target',
  ceiling: 'the ceiling of the rate',
  none: 'nothing',
};

export const RETURNS: readonly (readonly [key: keyof NonNullable<LoadRecord['returns']>, thing: string])[] = [
  ['answer', 'answers'],
  ['passages', 'passages'],
  ['firstToken', 'a stream, so first tokens'],
  ['outputTokens', 'token counts'],
  ['cost', 'costs'],
  ['cache', 'cache states'],
];

type Definition = readonly [term: string, meaning: string];

/** What a reader must know to read any of the reports. */
export const DEFINITIONS: readonly Definition[] = [
  ['Arrival', 'One scheduled request. It has a due time, a sent time and an end time.'],
  [
    'Latency',
    'End − due: what a user feels, waiting included. Over completed requests and timeouts (at their value).',
  ],
  ['Service time', 'End − sent: what the target took.'],
  ['Lag', 'Sent − due: what the load generator added.'],
  [
    'Right',
    'An answer holds an accepted answer on word boundaries and nothing forbidden. Where only passages, evidence or relevance judgements can be compared, they decide. An unanswerable question wants an explicit abstention; an abstention from an answerable one is wrong.',
  ],
  ['In time', 'Latency is at most the deadline.'],
  ['Goodput', 'Arrivals that are right and in time, per scheduled second.'],
  [
    'Attainment',
    'The share of scored arrivals that are right and in time. Withheld when more than 5 % cannot be scored.',
  ],
  ['Unscored', 'The golden question has nothing to compare with what the target returned.'],
  ['Error rate', '(Errors + timeouts + drops) / arrivals.'],
  [
    'Retrieval accuracy',
    'The share of answerable questions with a relevant document among the first five (success@5).',
  ],
  [
    'Cache hit rate',
    'Answers that came whole from the response or semantic cache, as a share of all queries.',
  ],
  [
    'Cold, warm, steady',
    'The first completed request for a question in a phase; every later one; of these, the ones due after the point at which the steady-state rule would cut.',
  ],
  [
    'False hit',
    'A semantic hit whose answer is not right and was given by another golden question, or is wrong where the answer made anew in this run is right.',
  ],
  ['Stale hit', 'What a cache gave past its time, while a new one was made.'],
  ['Open loop', 'Requests come when they are due, whether or not earlier ones have been answered.'],
  ['Closed loop', 'A fixed number of askers, each waiting for its answer before it asks again.'],
  [
    'Uncached, cached',
    'Shuffled passes without repeats; or popular questions repeated on a preheated cache.',
  ],
  [
    '95 % interval',
    'In load phases from batch means, because neighbouring requests share a queue; over questions by bootstrap or Wilson. ≈ marks one known to cover less than it says.',
  ],
];

/** What a reader of a load against a target elsewhere must know besides. */
export const LOAD_DEFINITIONS: readonly Definition[] = [
  ['First token', 'First token − due, of streamed answers.'],
  [
    'Time per token',
    '(End − first token) / (output tokens − 1), of streamed answers that tell their tokens.',
  ],
  ['Right at any time', 'The share of scored arrivals whose answer is right, however late.'],
  [
    'PASS, FAIL, INCONCLUSIVE',
    'A clause passes where the whole 95 % interval of what is judged lies within its bound, fails where it lies beyond, and is inconclusive in between. An invalid run is inconclusive.',
  ],
  [
    'A clause on a quantile',
    'p95 < 1.5s is judged by the share of arrivals that took longer than 1.5 s or failed: it may be 5 %.',
  ],
  [
    'Cost per right-and-in-time answer',
    'All that was spent, on wrong and late answers too, divided by the good ones.',
  ],
];

export const CAPACITY_DEFINITIONS: readonly Definition[] = [
  [
    'Capacity',
    'The highest rate at which every clause of the SLO holds, as an interval: the lower end was confirmed, the upper end did not hold.',
  ],
  ['Probe', 'One run at one rate. Between probes nothing is in flight.'],
  [
    'Knee',
    'Where the Universal Scalability Law, X(N) = γN / (1 + α(N − 1) + βN(N − 1)), fitted to throughput against requests in flight, has its maximum: N = √((1 − α) / β). An annotation, not the answer.',
  ],
];
