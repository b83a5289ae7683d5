import { describe, expect, it } from 'vitest';
import type { JudgementSummary, JudgeRecord } from '../../src/records/judge-schema.ts';
import { judgeFacts } from '../../src/reporting/judge-facts.ts';

const summary: JudgementSummary = {
  name: 'correctness',
  prompt: { version: 1, hash: 'ab'.repeat(32) },
  mean: 0.75,
  ci95: [0.6, 0.85],
  n: 40,
  judged: 39,
  byRule: 1,
  notApplicable: 0,
  failed: 1,
  notReached: 0,
  failedShare: 0.025,
  withheld: false,
  failures: [{ fault: 'timeout', count: 1, example: 'no reply' }],
};
const record: JudgeRecord = {
  model: 'judge-1',
  answeredBy: ['judge-1-2026'],
  service: 'http://127.0.0.1/v1',
  temperature: 0,
  seed: 7,
  structuredOutput: 'json_schema',
  concurrency: 4,
  calls: 41,
  retries: 1,
  cached: 0,
  inputTokens: 1000,
  outputTokens: 200,
  costUsd: null,
  durationMs: 5,
  complete: true,
  stopped: null,
  judgements: [summary],
  agreement: null,
};

describe('what reports say of a judge', () => {
  it('is the model, its settings, its prompts, what it cost, and what failed', () => {
    const facts = judgeFacts(record);
    expect(facts.summary).toBe(
      'judge-1 (judge-1-2026) at http://127.0.0.1/v1 · temperature 0 · seed 7 · json_schema · 41 calls, 0 from the cache · 1000 + 200 tokens · cost not known',
    );
    expect(facts.rows).toEqual([
      ['correctness', '0.750', '0.600 to 0.850', '40', '1 (2.5 %)', 'v1 abababab'],
    ]);
    expect(facts.agreementRows).toEqual([]);
    expect(facts.notes.join(' ')).toContain('held against no human label');
  });

  it('is a dash where a mean is withheld, never a zero', () => {
    const withheld = { ...summary, mean: null, ci95: null, failed: 10, failedShare: 0.2, withheld: true };
    const facts = judgeFacts({ ...record, judgements: [withheld], stopped: 'interrupted', complete: false });
    expect(facts.rows[0]?.slice(1, 3)).toEqual(['–', '–']);
    expect(facts.notes[0]).toContain('Withheld');
    expect(facts.notes[1]).toContain('interrupted');
  });

  it('is how far it agrees with people', () => {
    const agreement = {
      judgement: 'correctness',
      n: 20,
      unmatched: 2,
      scale: 'graded',
      agreement: 0.8,
      agreementCi95: [0.58, 0.92],
      kappa: 0.61,
      kappaCi95: null,
    } as const;
    const facts = judgeFacts({ ...record, agreement: [{ ...agreement, agreementCi95: [0.58, 0.92] }] });
    expect(facts.agreementRows).toEqual([
      ['correctness', '20', '80.0 %', '0.580 to 0.920', '0.610 (linear weights)', '–'],
    ]);
    expect(facts.notes).toEqual(['2 labels met no score of the model.']);
  });
});
