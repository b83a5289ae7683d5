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

/** What a reader must know to read any of the reports. */
export const DEFINITIONS: readonly (readonly [term: string, meaning: string])[] = [
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
