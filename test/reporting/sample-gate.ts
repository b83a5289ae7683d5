import { sha256 } from '../../src/kernel/digest.ts';
import {
  type FlipRecord,
  type GateRecord,
  type GateRow,
  type RunRecord,
  recordSchema,
} from '../../src/records/schema.ts';
import { pairedOf, TWO } from './sample-paired.ts';
import { HOSTILE } from './sample-questions.ts';
import { sampleRun } from './sample-record.ts';

/** Gates that never ran, one of each verdict. */

const NOTHING = {
  kind: null,
  primary: false,
  baseline: null,
  candidate: null,
  estimate: null,
  interval: null,
  delta: null,
  p: null,
  adjustedP: null,
  detectable: null,
  wins: null,
  ties: null,
  losses: null,
  confirmed: null,
  moved: [],
} as const;

export const gateRow = (row: Partial<GateRow> & Pick<GateRow, 'subject' | 'name'>): GateRow => ({
  ...NOTHING,
  moved: [],
  n: row.subject === 'indicator' ? 30 : row.subject === 'measure' ? 400 : 1,
  verdict: 'PASS',
  why: 'The bound of the loss lies below δ.',
  ...row,
});

const PASSING: readonly GateRow[] = [
  gateRow({
    subject: 'measure',
    name: 'right',
    primary: true,
    baseline: 0.79,
    candidate: 0.7925,
    estimate: -0.0025,
    interval: [-0.015, 0.0101],
    delta: 0.03,
    p: 0.64,
    adjustedP: 1,
    detectable: 0.021,
    wins: 4,
    ties: 393,
    losses: 3,
  }),
  gateRow({
    subject: 'measure',
    name: 'ndcg@10',
    baseline: 0.8121,
    candidate: 0.8104,
    estimate: 0.0017,
    interval: [-0.004, 0.0081],
    delta: 0.03,
    p: 0.31,
    adjustedP: 0.93,
    detectable: 0.018,
    wins: 21,
    ties: 352,
    losses: 27,
  }),
  gateRow({
    subject: 'indicator',
    name: 'p50',
    primary: true,
    baseline: 12.4,
    candidate: 12.5,
    estimate: 0.009,
    interval: [-0.012, 0.031],
    delta: Math.log(1.05),
    p: 0.33,
    adjustedP: 0.66,
    detectable: 0.032,
    confirmed: null,
  }),
  gateRow({
    subject: 'indicator',
    name: 'error-rate',
    baseline: 0.004,
    candidate: 0.0041,
    estimate: 0.0001,
    interval: [-0.001, 0.0012],
    delta: 0.01,
    p: 0.8,
    adjustedP: 0.8,
    detectable: 0.004,
  }),
  gateRow({
    subject: 'slo',
    name: 'p95 < 2s',
    baseline: 41.2,
    candidate: 42.6,
    why: '0.1 % were slower than 2 s, 5 % are allowed.',
  }),
  gateRow({ subject: 'pinned', name: 'tw-lookup-01', baseline: 1, candidate: 1, why: 'It is still right.' }),
];

const FAILING: readonly GateRow[] = [
  gateRow({
    subject: 'indicator',
    name: 'p95',
    verdict: 'FAIL',
    baseline: 41.2,
    candidate: 49.9,
    estimate: 0.193,
    interval: [0.128, 0.262],
    delta: Math.log(1.1),
    p: 0.000012,
    adjustedP: 0.00005,
    detectable: 0.07,
    confirmed: true,
    why: 'Slower by 21.3 %, more than the 10 % that matter, in both batches.',
    moved: ['rerank: 3.2 ms to 5.1 ms, +60.2 %', `${HOSTILE[0]}: 0.8 ms to 0.9 ms`],
  }),
  gateRow({
    subject: 'measure',
    name: 'ndcg@10',
    kind: 'numeric',
    verdict: 'FAIL',
    baseline: 0.802,
    candidate: 0.741,
    n: 120,
    estimate: 0.061,
    interval: [0.031, 0.093],
    delta: 0.03,
    p: 0.0002,
    adjustedP: 0.0012,
    detectable: 0.04,
    wins: 3,
    ties: 96,
    losses: 21,
    why: 'It lost 0.061, and chance does not explain that.',
    moved: ['numeric: −0.061 over 120 questions', 'superseded: −0.044 over 52 questions'],
  }),
  gateRow({
    subject: 'pinned',
    name: HOSTILE[1]!,
    verdict: 'FAIL',
    baseline: 1,
    candidate: 0,
    why: 'It was right and is wrong, three times of three.',
  }),
  gateRow({
    subject: 'slo',
    name: 'attainment >= 75%',
    verdict: 'FAIL',
    baseline: 0.782,
    candidate: 0.712,
    why: '71.2 % (69.8–72.6 %), at least 75 % are asked.',
  }),
];

const OPEN: readonly GateRow[] = [
  gateRow({
    subject: 'indicator',
    name: 'p99',
    verdict: 'INCONCLUSIVE',
    baseline: 96,
    candidate: 104,
    estimate: 0.082,
    interval: [-0.03, 0.201],
    delta: Math.log(1.15),
    p: 0.04,
    adjustedP: 0.12,
    detectable: 0.18,
    why: 'The loss may be as large as 22.3 %: more pairs, or longer blocks, would tell.',
  }),
];

const flip = (row: Partial<FlipRecord> & Pick<FlipRecord, 'id' | 'question'>): FlipRecord => ({
  kind: 'numeric',
  must: false,
  before: 'right',
  after: 'wrong',
  answerBefore: 'Day returns between Port Alder and Skerry cost £14.50 for adults. [1]',
  answerAfter: 'A day return costs £12.00. [1]',
  topBefore: ['fares/2024-1', 'manual/section-7', 'manual/section-9'],
  topAfter: ['fares/2022-4', 'manual/section-7', 'manual/section-9'],
  ...row,
});

const FLIPS: readonly FlipRecord[] = [
  flip({ id: 'tw-numeric-04', question: 'What does a day return from Port Alder to Skerry cost?' }),
  flip({
    id: 'tw-lookup-09',
    question: 'How long before departure does check-in close for vehicles?',
    before: 'wrong',
    after: 'right',
    answerBefore: null,
    topAfter: [],
  }),
  flip({
    id: 'tw-superseded-02',
    question: 'Which notice replaced the winter timetable of 2023?',
    before: 'right',
    after: 'right',
  }),
  ...HOSTILE.map((text, index) =>
    flip({
      id: index === 1 ? text : `hostile-${index}`,
      question: text,
      must: index === 1,
      kind: index === 0 ? text : 'lookup',
      answerBefore: text,
      answerAfter: text,
      topBefore: [text],
      topAfter: [text, 'fares/2024-1'],
    }),
  ),
];

const { record: RUN } = sampleRun();

export interface GateOptions {
  readonly verdict?: GateRow['verdict'];
  readonly gate?: Partial<GateRecord>;
  readonly record?: Partial<RunRecord>;
}

/** A gate of a verdict, with the blocks of its two arms. */
export function sampleGate({ verdict = 'FAIL', gate = {}, record: over = {} }: GateOptions = {}): RunRecord {
  const { load: _load, responses: _responses, microBenchmarks: _micro, ...rest } = RUN;
  const slowness = verdict === 'FAIL' ? 1.21 : 1.01;
  const variants = [
    { ...TWO[0]!, name: 'baseline' },
    { ...TWO[1]!, name: 'candidate', slowness, rerank: slowness ** 2 },
  ];
  return recordSchema.parse({
    ...rest,
    kind: 'gate',
    command: ['gate', '--baseline', 'git:main'],
    paired: pairedOf({ variants, batches: verdict === 'FAIL' ? 2 : 1 }),
    gate: {
      baseline: {
        name: 'git:main',
        id: '2026-02-28T02-00-00Z-a1b2',
        startedAt: '2026-02-28T02:00:00.000Z',
        commit: '9fceb02d0ae598e95dc970b74767f19372d61af8',
        fingerprint: sha256('machine'),
      },
      basis: 'interleaved',
      weaker: null,
      questions: {
        compared: 400,
        onlyBefore: 2,
        onlyAfter: 0,
        changedRankings: verdict === 'FAIL' ? 31 : 0,
        changedAnswers: verdict === 'FAIL' ? 24 : 0,
      },
      rows: [...PASSING, ...(verdict === 'PASS' ? [] : OPEN), ...(verdict === 'FAIL' ? FAILING : [])],
      flips: verdict === 'FAIL' ? FLIPS : [],
      verdict,
      unseen: 'losses under 0.021 of right answers, under 3.3 % of p50, or under 20 % of p99',
      ...gate,
    },
    ...over,
  });
}
