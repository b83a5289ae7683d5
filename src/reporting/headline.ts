import type { PhaseRecord, RunRecord, SloRecord } from '../records/schema.ts';
import { capacityAnswer } from './capacity.ts';
import { clausesThat, judgedSlo } from './clauses.ts';
import { compareHeadline } from './compare-headline.ts';
import { drillHeadline } from './drill-words.ts';
import {
  bound,
  chosenPerSecond,
  count,
  counted,
  duration,
  interval,
  MISSING,
  perSecond,
  share,
  usd,
} from './format.ts';
import { gateHeadline } from './gate-words.ts';
import { headlinePhase, measuredPhases, phaseLoad, phaseTitle, underLoad } from './phases.ts';
import { oneLine } from './plain.ts';
import { CACHE_MODES } from './words.ts';

/** More unscored arrivals than this, and a share of right answers would say more than is known. */
export const UNSCORED_LIMIT = 0.05;

export interface Headline {
  /** Whether the SLO held; undefined where none was judged. */
  readonly verdict: SloRecord['verdict'] | undefined;
  /** "Right within 100 ms", "Held at 80 /s" */
  readonly claim: string;
  /** "93.1 %"; undefined where the claim stands alone. */
  readonly figure: string | undefined;
  /** One or two sentences beneath. */
  readonly sentence: string;
}

export function headline(record: RunRecord): Headline {
  const { gate, complete } = record;
  if (gate) return { ...gateHeadline({ gate, complete }), figure: undefined };
  if (record.drill) return { ...drillHeadline(record), figure: undefined };
  if (record.kind === 'compare') return { verdict: undefined, ...compareHeadline(record), figure: undefined };
  const phase = headlinePhase(record);
  if (record.capacity) {
    const { claim, sentence } = capacityAnswer(record, record.capacity);
    const there = phase && ` ${phaseTitle(phase)}: ${loadFacts(record, phase).join(', ')}.`;
    return { verdict: undefined, claim, figure: undefined, sentence: `${sentence}${there ?? ''}` };
  }
  const slo = judgedSlo(record);
  if (slo && phase)
    return {
      verdict: slo.verdict,
      claim: held(slo, record),
      figure: undefined,
      sentence: sloSentence(record, phase),
    };
  return { verdict: undefined, ...claimOf(record, phase), sentence: headlineSentence(record, phase) };
}

function claimOf(record: RunRecord, phase: PhaseRecord | undefined): Pick<Headline, 'claim' | 'figure'> {
  const right = record.quality?.right.mean ?? null;
  const accuracy = record.quality?.retrievalAccuracy.mean ?? null;
  const autocannon = record.load?.autocannon;
  if (phase && phase.attainment !== null)
    return { claim: `Right within ${bound(phase.deadlineMs)}`, figure: share(phase.attainment) };
  if (phase && phase.unscoredShare > UNSCORED_LIMIT && phase.unscoredShare < 1)
    return {
      claim: 'Attainment withheld, arrivals that could not be scored',
      figure: share(phase.unscoredShare),
    };
  if (right !== null) return { claim: 'Right answers', figure: share(right) };
  if (accuracy !== null) return { claim: 'Retrieval accuracy', figure: share(accuracy) };
  if (phase) return { claim: 'Requests answered', figure: perSecond(phase.throughputPerSecond) };
  if (autocannon)
    return { claim: 'Saturation, by autocannon', figure: perSecond(autocannon.requestsPerSecond) };
  if (record.ingest) return { claim: 'Documents indexed', figure: count(record.ingest.indexed) };
  return { claim: 'Nothing was measured', figure: undefined };
}

export function headlineText({ verdict, claim, figure }: Headline): string {
  const text = figure === undefined ? claim : `${claim}: ${figure}`;
  return verdict === undefined ? text : `${verdict}: ${text[0]!.toLowerCase()}${text.slice(1)}`;
}

/** Whether the headline itself must not be trusted. */
export function headlineIsDoubtful(record: RunRecord): boolean {
  return !record.complete || headlinePhase(record)?.valid === false;
}

/** "Held at 80 /s", "Held up to 80 /s, not at 110 /s", "Did not hold at 110 /s", "Undecided at 80 /s". */
function held(slo: SloRecord, record: RunRecord): string {
  const phase = headlinePhase(record)!;
  const where = underLoad(phase);
  if (slo.verdict === 'PASS') return `Held ${where}`;
  const passed = measuredPhases(record).filter(
    (other) => slo.phases.find(({ phase: name }) => name === other.name)?.verdict === 'PASS',
  );
  const below = passed.map(({ offeredRate }) => offeredRate).filter((rate) => rate !== null);
  const open = slo.verdict === 'INCONCLUSIVE';
  if (open && !phase.valid) return `Invalid ${where}`;
  // Only where every rate that held is lower may they be summed up in one.
  const allBelow =
    below.length > 0 && below.length === passed.length && Math.max(...below) < (phase.offeredRate ?? 0);
  if (allBelow)
    return `Held up to ${chosenPerSecond(Math.max(...below))}, ${open ? 'undecided' : 'not'} ${where}`;
  return `${open ? 'Undecided' : 'Did not hold'} ${where}`;
}

function sloSentence(record: RunRecord, phase: PhaseRecord): string {
  const slo = judgedSlo(record)!;
  const missed = clausesThat(slo.verdict, slo);
  const verb = slo.verdict === 'FAIL' ? 'missed' : 'left open';
  const why = slo.verdict === 'PASS' || missed.length === 0 ? '' : `${missed.join(', ')}: ${verb}. `;
  const attained =
    phase.attainment === null ? '' : `Right within ${bound(phase.deadlineMs)}: ${withInterval(phase)}. `;
  return `${why}${attained}${phaseTitle(phase)}, ${phaseLoad(phase)}: ${loadFacts(record, phase).join(', ')}.`;
}

function withInterval({ attainment, attainmentCi95 }: PhaseRecord): string {
  const ends = interval(attainmentCi95, share);
  return ends === MISSING ? share(attainment) : `${share(attainment)} (${ends})`;
}

/** What a load is summed up by: what was achieved of what was offered, goodput, latency, errors, cost. */
function loadFacts({ load }: RunRecord, phase: PhaseRecord): string[] {
  const { cost } = phase;
  return [
    `${perSecond(phase.achievedRate)} achieved`,
    `goodput ${perSecond(phase.goodputPerSecond)}`,
    `p95 ${duration(phase.latencyMs.p95)}`,
    `p99 ${duration(phase.latencyMs.p99)}`,
    `error rate ${share(phase.errorRate)}`,
    // What costs nothing is no fact worth a headline.
    ...(!cost?.perGoodUsd ? [] : [`${usd(cost.perGoodUsd)} per right-and-in-time answer`]),
    ...(load?.targetKind === 'in-process' ? [`cache hit rate ${share(phase.cacheHitRate)}`] : []),
  ];
}

function headlineSentence(record: RunRecord, phase: PhaseRecord | undefined): string {
  const { quality, load, ingest } = record;
  const ofQuality = quality ? [`retrieval accuracy ${share(quality.retrievalAccuracy.mean)}`] : [];
  if (!phase) {
    if (quality) {
      const asked = `${counted(record.questions?.length ?? quality.right.n, 'golden question')}, asked once each`;
      const latency = `p50 ${duration(quality.latencyMs.p50)}, p95 ${duration(quality.latencyMs.p95)}`;
      return `${asked}: ${[...ofQuality, latency].join(', ')}.`;
    }
    if (load?.autocannon) return saturationSentence(load.autocannon);
    return ingest ? ingestSentence(ingest) : 'This record holds neither answers nor load.';
  }
  if (record.kind === 'load')
    return `${phaseTitle(phase)}, ${phaseLoad(phase)}: ${loadFacts(record, phase).join(', ')}.`;
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

function saturationSentence(autocannon: NonNullable<NonNullable<RunRecord['load']>['autocannon']>): string {
  const { connections, seconds, non2xx, errors, timeouts } = autocannon;
  return `A closed loop of ${counted(connections, 'connection')} for ${duration(seconds * 1000)}: ${count(non2xx)} answers not 2xx, ${counted(errors, 'error')}, ${counted(timeouts, 'timeout')}. Nothing was scored.`;
}

function ingestSentence(ingest: NonNullable<RunRecord['ingest']>): string {
  const speed =
    ingest.documentsPerSecond === null
      ? ''
      : `, ${perSecond(ingest.documentsPerSecond).replace(' /s', ' a second')}`;
  return `In ${duration(ingest.durationMs)}${speed}; ${count(ingest.unchanged)} unchanged, ${leftOut(ingest)}.`;
}

/** "2 failed, 1 in quarantine". */
export function leftOut({ failed, skipped, quarantined }: NonNullable<RunRecord['ingest']>): string {
  return [
    `${count(failed.length)} failed`,
    ...(skipped.length > 0 ? [`${count(skipped.length)} skipped`] : []),
    ...(quarantined.length > 0 ? [`${count(quarantined.length)} in quarantine`] : []),
  ].join(', ');
}

/** What stands beside the headline as a label: conditions without which its figures mislead. */
export function labels(record: RunRecord): string[] {
  const phase = headlinePhase(record);
  const [first] = record.comparison?.variants ?? [];
  if (first !== undefined && record.kind === 'evaluate')
    return [`of the variant ${oneLine(first.name)}; how the others do stands under Variants`];
  if (!phase || record.kind === 'bench') return [];
  return [
    ...(phase.cacheMode === 'as-configured' && !cachesAreOff(phase) ? [CACHE_MODES['as-configured']] : []),
    `${share(phase.repeatShare)} of arrivals repeat a question`,
  ];
}

/** Whether the target told of every answer that no cache was asked. */
function cachesAreOff({ cacheStates }: PhaseRecord): boolean {
  const states = Object.keys(cacheStates);
  return states.length === 1 && states[0] === 'off';
}
