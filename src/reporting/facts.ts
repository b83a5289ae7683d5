import type { PhaseRecord, RunRecord } from '../records/schema.ts';
import { bound, count, counted, duration, interval, perSecond, score, share } from './format.ts';

/** What every format of a report says alike: the headline, the key figures, the doubts, the funnel. */

/** More unscored arrivals than this, and a share of right answers would say more than is known. */
const UNSCORED_LIMIT = 0.05;

/** The usual operating point: what is offered in the headline phase, as a share of the closed-loop maximum. */
const HEADLINE_LOAD = 0.8;

export function measuredPhases(record: RunRecord): PhaseRecord[] {
  return (record.load?.phases ?? []).filter((phase) => !phase.warmup);
}

/**
 * The phase that the headline speaks of: open-loop, valid before invalid, uncached before cached, and then the one
 * offered nearest to 80 % of the closed-loop maximum (where that is unknown, the fastest).
 */
export function headlinePhase(record: RunRecord): PhaseRecord | undefined {
  const maximum = record.load?.closedLoopMaximum?.ratePerSecond;
  const distance = ({ offeredRate }: PhaseRecord): number =>
    maximum ? Math.abs((offeredRate ?? 0) / maximum - HEADLINE_LOAD) : -(offeredRate ?? 0);
  const order = (phase: PhaseRecord): number[] => [
    phase.loop === 'open' ? 0 : 1,
    phase.valid ? 0 : 1,
    phase.cacheMode === 'uncached' ? 0 : 1,
    distance(phase),
  ];
  return measuredPhases(record).sort((a, b) => compareInOrder(order(a), order(b)))[0];
}

function compareInOrder(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

export interface Headline {
  /** "Right within 100 ms" */
  readonly claim: string;
  /** "93.1 %"; undefined where the claim stands alone. */
  readonly figure: string | undefined;
  /** One sentence beneath. */
  readonly sentence: string;
}

export function headline(record: RunRecord): Headline {
  const phase = headlinePhase(record);
  const right = record.quality?.right.mean ?? null;
  const accuracy = record.quality?.retrievalAccuracy.mean ?? null;
  const sentence = headlineSentence(record, phase);
  if (phase && phase.attainment !== null)
    return { claim: `Right within ${bound(phase.deadlineMs)}`, figure: share(phase.attainment), sentence };
  if (phase && phase.unscoredShare > UNSCORED_LIMIT)
    return {
      claim: 'Attainment withheld, arrivals that could not be scored',
      figure: share(phase.unscoredShare),
      sentence,
    };
  if (right !== null) return { claim: 'Right answers', figure: share(right), sentence };
  if (accuracy !== null) return { claim: 'Retrieval accuracy', figure: share(accuracy), sentence };
  if (phase) return { claim: 'Requests answered', figure: perSecond(phase.throughputPerSecond), sentence };
  if (record.ingest)
    return {
      claim: 'Documents indexed',
      figure: count(record.ingest.indexed),
      sentence: ingestSentence(record),
    };
  return { claim: 'Nothing was measured', figure: undefined, sentence };
}

export function headlineText({ claim, figure }: Headline): string {
  return figure === undefined ? claim : `${claim}: ${figure}`;
}

function headlineSentence(record: RunRecord, phase: PhaseRecord | undefined): string {
  const quality = record.quality;
  const ofQuality = quality ? [`retrieval accuracy ${share(quality.retrievalAccuracy.mean)}`] : [];
  if (!phase) {
    if (!quality) return 'This record holds neither answers nor load.';
    const asked = `${counted(record.questions?.length ?? quality.right.n, 'golden question')}, asked once each`;
    const latency = `p50 ${duration(quality.latencyMs.p50)}, p95 ${duration(quality.latencyMs.p95)}`;
    return `${asked}: ${[...ofQuality, latency].join(', ')}.`;
  }
  const facts = [
    `goodput ${perSecond(phase.goodputPerSecond)}`,
    `p95 ${duration(phase.latencyMs.p95)}`,
    `p99 ${duration(phase.latencyMs.p99)}`,
    ...ofQuality,
    `error rate ${share(phase.errorRate)}`,
    `cache hit rate ${share(phase.cacheHitRate)}`,
  ];
  return `${phaseTitle(phase)}, ${phaseLoad(phase)}: ${facts.join(', ')}.`;
}

function ingestSentence({ ingest }: RunRecord): string {
  if (!ingest) return '';
  const speed =
    ingest.documentsPerSecond === null
      ? ''
      : `, ${perSecond(ingest.documentsPerSecond).replace(' /s', ' a second')}`;
  return `In ${duration(ingest.durationMs)}${speed}; ${count(ingest.unchanged)} unchanged, ${count(ingest.failed.length)} failed.`;
}

export function phaseTitle(phase: PhaseRecord): string {
  return `Phase ${phase.name}`;
}

/** "330 /s offered" or "8 askers". */
export function phaseLoad(phase: PhaseRecord): string {
  if (phase.loop === 'open')
    return phase.offeredRate === null ? 'open loop' : `${perSecond(phase.offeredRate)} offered`;
  return phase.concurrency === 1 ? '1 asker' : `${count(phase.concurrency)} askers`;
}

export interface KeyFigure {
  readonly label: string;
  readonly value: string;
  /** The 95 % interval, or what the figure is of. */
  readonly detail: string;
}

export function keyFigures(record: RunRecord): KeyFigure[] {
  return [...loadFigures(record), ...qualityFigures(record)];
}

function loadFigures(record: RunRecord): KeyFigure[] {
  const phase = headlinePhase(record);
  if (!phase) return firstTouchFigures(record);
  const { latencyMs, latencyCi95 } = phase;
  const maximum = record.load?.closedLoopMaximum;
  return [
    { label: 'Latency p50', value: duration(latencyMs.p50), detail: within(latencyCi95.p50, duration) },
    { label: 'Latency p95', value: duration(latencyMs.p95), detail: within(latencyCi95.p95, duration) },
    { label: 'Latency p99', value: duration(latencyMs.p99), detail: within(latencyCi95.p99, duration) },
    {
      label: 'Attainment',
      value: share(phase.attainment),
      detail: within(phase.attainmentCi95, share) || `within ${bound(phase.deadlineMs)}`,
    },
    {
      label: 'Goodput',
      value: perSecond(phase.goodputPerSecond),
      detail: within(phase.goodputCi95, perSecond) || `of ${perSecond(phase.offeredRate)} offered`,
    },
    {
      label: 'Max throughput',
      value: perSecond(maximum?.ratePerSecond),
      detail: maximum ? `closed loop of ${count(maximum.concurrency)}` : 'closed loop: not measured',
    },
    { label: 'Error rate', value: share(phase.errorRate), detail: `of ${count(phase.arrivals)} arrivals` },
    { label: 'Cache hit rate', value: share(phase.cacheHitRate), detail: cacheDetail(record, phase) },
  ];
}

function firstTouchFigures({ quality }: RunRecord): KeyFigure[] {
  if (!quality) return [];
  return (['p50', 'p95', 'p99'] as const).map((name) => ({
    label: `Latency ${name}`,
    value: duration(quality.latencyMs[name]),
    detail: 'each question asked once',
  }));
}

function qualityFigures({ quality }: RunRecord): KeyFigure[] {
  if (!quality) return [];
  const ndcg = quality.measures.find(({ name }) => name === 'ndcg@10');
  return [
    {
      label: 'Right answers',
      value: share(quality.right.mean),
      detail: within(quality.right.ci95, share) || `n = ${count(quality.right.n)}`,
    },
    {
      label: 'Retrieval accuracy',
      value: share(quality.retrievalAccuracy.mean),
      detail: within(quality.retrievalAccuracy.ci95, share) || `n = ${count(quality.retrievalAccuracy.n)}`,
    },
    {
      label: 'nDCG@10',
      value: score(ndcg?.mean),
      detail: within(ndcg?.ci95, score) || (ndcg ? `n = ${count(ndcg.n)}` : 'not measured'),
    },
  ];
}

function within(
  ends: readonly [number, number] | null | undefined,
  write: (value: number | null | undefined) => string,
): string {
  return ends ? `95 %: ${interval(ends, write)}` : '';
}

/** The headline phase is uncached, so the tile also says what caching would have done. */
function cacheDetail(record: RunRecord, phase: PhaseRecord): string {
  const cached = measuredPhases(record).find(
    (other) => other.cacheMode === 'cached' && other.cacheHitRate !== null,
  );
  if (phase.cacheMode !== 'uncached' || !cached) return `phase ${phase.name}`;
  return `${share(cached.cacheHitRate)} in ${cached.name}`;
}

export interface Doubt {
  /** `stop`: the numbers must not be trusted. `mind`: read them with this in mind. */
  readonly weight: 'stop' | 'mind';
  readonly text: string;
}

/** Why the numbers, or some of them, cannot be taken at face value; the gravest first. */
export function doubts(record: RunRecord): Doubt[] {
  const stops = measuredPhases(record)
    .filter(({ valid }) => !valid)
    .map(
      ({ name, invalidReasons }) =>
        `Phase ${name} is invalid: ${invalidReasons.join('; ') || 'no reason was recorded'}.`,
    );
  if (!record.complete)
    stops.unshift('The run was interrupted: what is here was measured, the rest was not.');
  const minds = [
    ...unscoredDoubts(record),
    ...unsteadyDoubts(record),
    ...record.notes,
    ...inputDoubts(record),
  ];
  return [
    ...stops.map((text) => ({ weight: 'stop', text }) as const),
    ...minds.map((text) => ({ weight: 'mind', text }) as const),
  ];
}

/** Whether the headline itself must not be trusted. */
export function headlineIsDoubtful(record: RunRecord): boolean {
  return !record.complete || headlinePhase(record)?.valid === false;
}

function unscoredDoubts(record: RunRecord): string[] {
  const phases = measuredPhases(record);
  const withheld = phases.filter(({ unscoredShare }) => unscoredShare > UNSCORED_LIMIT);
  const most = Math.max(0, record.quality?.unscoredShare ?? 0, ...phases.map((phase) => phase.unscoredShare));
  return [
    ...(most > 0 ? [`Up to ${share(most)} of arrivals and questions could not be scored.`] : []),
    ...(withheld.length > 0
      ? [`Attainment is withheld above ${share(UNSCORED_LIMIT)} unscored: ${namesOf(withheld)}.`]
      : []),
  ];
}

function unsteadyDoubts(record: RunRecord): string[] {
  const unsteady = measuredPhases(record).filter(({ steadyState }) => steadyState?.steady === false);
  return unsteady.length > 0 ? [`No steady state was reached in ${namesOf(unsteady)}.`] : [];
}

function inputDoubts({ ingest, dataset }: RunRecord): string[] {
  const failed = ingest?.failed.length ?? 0;
  const warned = (dataset?.warnings ?? []).reduce((sum, warning) => sum + warning.count, 0);
  return [
    ...(failed > 0 ? [`Documents that could not be indexed: ${count(failed)}.`] : []),
    ...(warned > 0 ? [`Warnings about the golden set: ${count(warned)}.`] : []),
  ];
}

function namesOf(phases: readonly PhaseRecord[]): string {
  return phases.map(({ name }) => name).join(', ');
}
