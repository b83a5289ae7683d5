/** A word of the SLO language, for help and documentation. */
export interface GlossaryEntry {
  readonly term: string;
  readonly meaning: string;
  /** A whole term that can be parsed. */
  readonly example: string;
}

export const GLOSSARY: readonly GlossaryEntry[] = [
  {
    term: 'p95',
    meaning:
      'a quantile of latency (end − due), from above p0 to below p100; errors, timeouts and drops count as too slow',
    example: 'p99.9 <= 1.5s',
  },
  { term: 'mean', meaning: 'the mean latency', example: 'mean < 120ms' },
  {
    term: 'service.p95',
    meaning: 'the same of service time (end − sent); service.mean too',
    example: 'service.p95 < 1s',
  },
  {
    term: 'ttft.p95',
    meaning: 'of the time to the first token (first token − due); ttft.mean too',
    example: 'ttft.p95 < 800ms',
  },
  {
    term: 'tpot.p95',
    meaning: 'of the time per output token after the first; tpot.mean too',
    example: 'tpot.p95 < 50ms',
  },
  { term: 'error', meaning: 'errors, timeouts and drops, of all requests', example: 'error < 1%' },
  {
    term: 'attainment',
    meaning: 'right and in time, of the requests that could be scored',
    example: 'attainment >= 95%',
  },
  { term: 'right', meaning: 'right at any time, of the same', example: 'right >= 80%' },
  { term: 'goodput', meaning: 'right and in time, per scheduled second', example: 'goodput >= 50/s' },
  { term: 'throughput', meaning: 'completed requests per second', example: 'throughput >= 100/s' },
  {
    term: 'cache',
    meaning: 'response and semantic cache hits, of all queries (cache-hits is the same)',
    example: 'cache >= 30%',
  },
  { term: 'cost', meaning: 'US dollars per query', example: 'cost < $0.01' },
  { term: 'cost.right', meaning: 'US dollars per right answer', example: 'cost.right < $0.02' },
  {
    term: 'cost.good',
    meaning: 'US dollars per answer that is right and in time',
    example: 'cost.good < 0.02 USD',
  },
  {
    term: 'ndcg@10',
    meaning: 'the mean of any measure over all requests; a failed request scores 0',
    example: 'ndcg@10 >= 0.4',
  },
  {
    term: 'deadline',
    meaning: 'no bound to pass, but what "in time" means: end − due',
    example: 'deadline 2s',
  },
  {
    term: 'ttft.deadline',
    meaning: 'a second condition of "in time": first token − due',
    example: 'ttft.deadline 800ms',
  },
];
