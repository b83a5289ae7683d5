import { describe, expect, it } from 'vitest';
import { GLOSSARY } from '../../src/objectives/glossary.ts';
import { parseSlo } from '../../src/objectives/parse.ts';
import type { Comparison, Subject } from '../../src/objectives/slo.ts';
import { nameOf } from '../../src/objectives/vocabulary.ts';
import { MEASURES, read } from './reading.ts';

const latency = (quantile: number): Subject => ({ kind: 'quantile', of: 'latency', quantile });
const measure = (name: string): Subject => ({ kind: 'measure', measure: name });

describe('a clause', () => {
  it.each<[string, Subject, Comparison, number]>([
    ['p95 < 200ms', latency(0.95), '<', 200],
    ['latency.p95 < 200ms', latency(0.95), '<', 200],
    ['p50 <= 0.5ms', latency(0.5), '<=', 0.5],
    ['p99.9 <= 1.5s', latency(0.999), '<=', 1500],
    ['p99.99 < 2min', latency(0.9999), '<', 120_000],
    ['p0.1 < 1s', latency(0.001), '<', 1000],
    ['mean < 120ms', { kind: 'mean', of: 'latency' }, '<', 120],
    ['latency.mean < 120ms', { kind: 'mean', of: 'latency' }, '<', 120],
    ['service.p95 < 1s', { kind: 'quantile', of: 'service', quantile: 0.95 }, '<', 1000],
    ['service.mean < 1s', { kind: 'mean', of: 'service' }, '<', 1000],
    ['ttft.p95 < 800ms', { kind: 'quantile', of: 'ttft', quantile: 0.95 }, '<', 800],
    ['ttft.p99.9 < 2s', { kind: 'quantile', of: 'ttft', quantile: 0.999 }, '<', 2000],
    ['tpot.p95 < 50ms', { kind: 'quantile', of: 'tpot', quantile: 0.95 }, '<', 50],
    ['tpot.mean < 250us', { kind: 'mean', of: 'tpot' }, '<', 0.25],
    ['error < 1%', { kind: 'error' }, '<', 0.01],
    ['error < 0.01', { kind: 'error' }, '<', 0.01],
    ['error <= 0', { kind: 'error' }, '<=', 0],
    ['attainment >= 95%', { kind: 'attainment' }, '>=', 0.95],
    ['attainment >= 100%', { kind: 'attainment' }, '>=', 1],
    ['right >= 80%', { kind: 'right' }, '>=', 0.8],
    ['goodput >= 50/s', { kind: 'goodput' }, '>=', 50],
    ['goodput >= 50 /s', { kind: 'goodput' }, '>=', 50],
    ['goodput >= 50 / s', { kind: 'goodput' }, '>=', 50],
    ['goodput >= 50rps', { kind: 'goodput' }, '>=', 50],
    ['goodput >= 90/min', { kind: 'goodput' }, '>=', 1.5],
    ['throughput >= 100/s', { kind: 'throughput' }, '>=', 100],
    ['cache >= 30%', { kind: 'cache-hits' }, '>=', 0.3],
    ['cache-hits >= 30%', { kind: 'cache-hits' }, '>=', 0.3],
    ['cost < $0.01', { kind: 'cost', per: 'query' }, '<', 0.01],
    ['cost < 0.01 USD', { kind: 'cost', per: 'query' }, '<', 0.01],
    ['cost < 0.01$', { kind: 'cost', per: 'query' }, '<', 0.01],
    ['cost.query < $ 0.01', { kind: 'cost', per: 'query' }, '<', 0.01],
    ['cost.right < $1e-3', { kind: 'cost', per: 'right' }, '<', 0.001],
    ['cost.good <= $2', { kind: 'cost', per: 'good' }, '<=', 2],
    ['ndcg@10 >= 0.4', measure('ndcg@10'), '>=', 0.4],
    ['recall@100 >= 0.9', measure('recall@100'), '>=', 0.9],
    ['evidence-recall@2000tokens >= .8', measure('evidence-recall@2000tokens'), '>=', 0.8],
    ['success@5 >= 80%', measure('success@5'), '>=', 0.8],
    ['success@5 >= 1', measure('success@5'), '>=', 1],
    ['r-precision > 0', measure('r-precision'), '>', 0],
  ])('%s', (text, subject, comparison, bound) => {
    expect(read(text)).toEqual({
      text,
      clauses: [{ text, subject, comparison, bound }],
      deadlineMs: null,
      firstTokenDeadlineMs: null,
    });
  });

  it.each([
    ['p95<200ms', 'p95 < 200ms'],
    ['P95 < 200MS', 'p95 < 200ms'],
    ['LATENCY.P95 < .2S', 'p95 < 200ms'],
    ['p95 ≤ 200ms', 'p95 <= 200ms'],
    ['p95 < 200\u00b5s', 'p95 < 200us'],
    ['p95 < 200\u03bcs', 'p95 < 200us'],
    ['p95\u00a0<\u202f200\u00a0ms', 'p95 < 200ms'],
    ['  p95\t<   2e2 ms ', 'p95 < 200ms'],
    ['Attainment ≥ 95 %', 'attainment >= 95%'],
    ['NDCG@10 >= 40%', 'ndcg@10 >= 0.4'],
    ['cost < 0.01usd', 'cost < $0.01'],
    ['throughput >= 6000/MIN', 'throughput >= 100/s'],
  ])('may be written %j', (text, plain) => {
    const [written] = read(text).clauses;
    const { subject, comparison, bound } = read(plain).clauses[0]!;
    expect(written).toMatchObject({ subject, comparison, bound });
  });

  it('keeps the words in which it was written, white space squashed', () => {
    expect(read('  P95\t<=   .2 s ').clauses[0]?.text).toBe('P95 <= .2 s');
  });

  it.each([
    ['p99.9', 0.999],
    ['p99.99', 0.9999],
    ['p57', 0.57],
    ['p28.9', 0.289],
  ])('of %s means the double nearest to it, which a division by 100 misses', (name, quantile) => {
    expect(read(`${name} < 1s`).clauses[0]?.subject).toEqual(latency(quantile));
  });

  it('reads its bound as the double nearest to what is written', () => {
    expect(read('error < 0.7%').clauses[0]?.bound).toBe(0.007);
    expect(read('p95 < 1.005s').clauses[0]?.bound).toBe(1005);
  });
});

describe('deadlines', () => {
  it('are terms of their own, in milliseconds', () => {
    expect(read('deadline 2s')).toEqual({
      text: 'deadline 2s',
      clauses: [],
      deadlineMs: 2000,
      firstTokenDeadlineMs: null,
    });
    expect(read('TTFT.deadline 800 ms; Deadline 1min')).toMatchObject({
      clauses: [],
      deadlineMs: 60_000,
      firstTokenDeadlineMs: 800,
    });
  });

  it('are implied by no quantile', () => {
    expect(read('p95 < 200ms, ttft.p95 < 100ms')).toMatchObject({
      deadlineMs: null,
      firstTokenDeadlineMs: null,
    });
  });
});

describe('terms', () => {
  const both = 'p95 < 200ms, error < 1%';

  it.each([
    'p95 < 200ms, error < 1%',
    'p95 < 200ms,error < 1%',
    'p95 < 200ms; error < 1%',
    'p95 < 200ms\nerror < 1%',
    'p95 < 200ms\r\nerror < 1%\r\n',
    'p95 < 200ms,\n  error < 1%,\n',
    '\n\np95 < 200ms\n\n\nerror < 1%;',
    'p95 < 200ms and error < 1%',
    'p95 < 200ms AND error < 1%',
    'p95 < 200ms, and error < 1%',
    'p95 < 200ms and\n  error < 1%',
    'p95 < 200ms\nand error < 1%',
  ])('may be separated as in %j', (text) => {
    expect(read(text)).toEqual(read(both));
    expect(read(text).text).toBe(both);
  });

  it('stand in the text of the SLO in the order in which they were written', () => {
    expect(read('deadline 2s ;p95<1s\nERROR < 1 %').text).toBe('deadline 2s, p95<1s, ERROR < 1 %');
  });

  it('hold everything that an SLO may be about, together', () => {
    const all = 'p95 < 200ms, error < 1%, attainment >= 95%, ndcg@10 >= 0.4, ttft.p95 < 800ms, deadline 2s';
    const { text, clauses, deadlineMs } = read(all);
    expect(text).toBe(all);
    expect(clauses.map(({ subject }) => nameOf(subject))).toEqual([
      'p95',
      'error',
      'attainment',
      'ndcg@10',
      'ttft.p95',
    ]);
    expect(clauses.map(({ bound }) => bound)).toEqual([200, 0.01, 0.95, 0.4, 800]);
    expect(deadlineMs).toBe(2000);
  });

  it('may bound several statistics of one duration', () => {
    expect(read('p50 < 1s, p95 < 2s, mean < 1s, service.p95 < 1s').clauses).toHaveLength(4);
  });
});

describe('measures', () => {
  it('are asked for by their names in lower case, and only where no word of the language stands', () => {
    const asked: string[] = [];
    const isMeasure = (name: string) => asked.push(name) > 0;
    const { clauses } = parseSlo('p95 < 1s, Faithful@3 >= .5, error < 1%, deadline 1s', { isMeasure });
    expect(asked).toEqual(['faithful@3']);
    expect(clauses[1]?.subject).toEqual(measure('faithful@3'));
  });
});

describe('the glossary', () => {
  it.each(GLOSSARY.map(({ term, example }) => [term, example]))(
    'explains %s with an example that can be read: %s',
    (_, example) => {
      expect(parseSlo(example!, MEASURES).text).toBe(example);
    },
  );

  it('holds every kind of subject and both deadlines', () => {
    const examples = GLOSSARY.map(({ example }) => read(example));
    const names = examples.flatMap(({ clauses }) => clauses.map(({ subject }) => subject));
    expect(new Set(names.map(({ kind }) => kind))).toEqual(
      new Set<Subject['kind']>([
        'quantile',
        'mean',
        'error',
        'attainment',
        'right',
        'goodput',
        'throughput',
        'cache-hits',
        'cost',
        'measure',
      ]),
    );
    expect(names.map(nameOf)).toEqual(expect.arrayContaining(['cost', 'cost.right', 'cost.good']));
    expect(examples.some(({ deadlineMs }) => deadlineMs !== null)).toBe(true);
    expect(examples.some(({ firstTokenDeadlineMs }) => firstTokenDeadlineMs !== null)).toBe(true);
  });
});
