import type { DrillArmRecord, DrillRecord, DrillWindowRecord, RunRecord } from '../records/schema.ts';
import { wilsonInterval } from '../statistics/proportions.ts';
import {
  differenceRow,
  mainArm,
  orderedDifferences,
  patternOf,
  referenceOf,
  times,
  windowFigures,
  windowOf,
  worstOf,
} from './drill.ts';
import { chosenShare, count, counted, duration, interval, MISSING, share, significant } from './format.ts';
import { oneLine } from './plain.ts';

/** A drill in words: what failed, whether users noticed, what it cost. */

/** What users notice: p95 at least so many times what it was, and so much longer (Nielsen: 0.1 s feels instant). */
export const SLOW = { factor: 2, leastMs: 100 } as const;

export interface Noticed {
  /** More of them got no answer. */
  readonly lost: boolean;
  /** Fewer of their answers were right. */
  readonly wrong: boolean;
  /** They waited longer. */
  readonly slow: boolean;
}

/** What users noticed of the faults; undefined where there is no such time, or nothing was asked. */
export function noticed({ drill, load }: RunRecord): Noticed | undefined {
  const arm = drill && mainArm(drill);
  const during = arm && windowOf(arm, 'during');
  if (!during || during.availability === null) return undefined;
  const reference = referenceOf(arm);
  const scored = 1 - (load?.phases[arm.phase]?.unscoredShare ?? 0);
  const [p95, usual] = [during.latencyMs.p95, reference?.latencyMs.p95 ?? null];
  return {
    lost:
      during.availability < 1 &&
      ((reference?.availability ?? 1) === 1 ||
        fell(reference!, during, { of: ({ availability }) => availability, scored: 1 })),
    wrong: reference !== undefined && fell(reference, during, { of: ({ right }) => right, scored }),
    slow: p95 !== null && usual !== null && p95 >= SLOW.factor * usual && p95 - usual >= SLOW.leastMs,
  };
}

interface Fallen {
  readonly of: (window: DrillWindowRecord) => number | null;
  /** Share of arrivals that it says something of. */
  readonly scored: number;
}

/**
 * Whether a share fell by more than chance explains: the lower end of Newcombe's 95 % interval of the difference lies
 * above 0 (Statistics in Medicine 17, 1998, method 10).
 */
function fell(before: DrillWindowRecord, during: DrillWindowRecord, { of, scored }: Fallen): boolean {
  const [one, other] = [of(before), of(during)];
  if (one === null || other === null) return false;
  const ends = (value: number, arrivals: number): [number, number] | null => {
    const trials = Math.round(arrivals * scored);
    return wilsonInterval(Math.min(trials, Math.round(value * trials)), trials);
  };
  const [usual, now] = [ends(one, before.arrivals), ends(other, during.arrivals)];
  if (usual === null || now === null) return false;
  return one - other - Math.hypot(one - usual[0], now[1] - other) > 0;
}

export interface DrillHeadline {
  readonly verdict: DrillRecord['verdict'] | undefined;
  readonly claim: string;
  readonly sentence: string;
}

export function drillHeadline(record: RunRecord): DrillHeadline {
  const { drill } = record;
  const arm = drill && mainArm(drill);
  if (!drill || !arm)
    return { verdict: drill?.verdict, claim: 'The drill did not begin', sentence: 'Nothing was measured.' };
  return {
    // Without promises there is nothing that could hold or break.
    verdict: drill.promises.length === 0 ? undefined : drill.verdict,
    claim: `${oneLine(drill.title)}: ${noticedWords(record)}`,
    sentence: [costWords(drill, arm), reactionWords(drill, arm), lossWords(arm), promiseWords(drill)]
      .filter((text) => text !== '')
      .join(' '),
  };
}

/** "users did not notice"; "users noticed, 3.1 % got no answer" */
export function noticedWords(record: RunRecord): string {
  const found = noticed(record);
  const during = record.drill && mainArm(record.drill) && windowOf(mainArm(record.drill)!, 'during');
  if (!found || !during) return 'what users noticed is not known';
  if (found.lost) return `users noticed, ${share(1 - during.availability!)} got no answer`;
  if (found.wrong) return 'users noticed, fewer answers were right';
  return found.slow ? 'users noticed, answers took longer' : 'users did not notice';
}

function costWords(drill: DrillRecord, arm: DrillArmRecord): string {
  const during = windowOf(arm, 'during');
  if (!during) return 'No fault was due within the drill.';
  const reference = referenceOf(arm);
  const [now, usual] = [windowFigures(during), windowFigures(reference)];
  const against = (value: string): string =>
    reference === undefined || value === MISSING ? '' : ` (${reference.name}: ${value})`;
  const latency =
    now.p95 === MISSING ? 'too few answers for a p95' : `and p95 was ${now.p95}${against(usual.p95)}`;
  return `${whileWords(drill)} ${now.availability} of questions got a real answer${against(usual.availability)}, ${now.right} a right one${against(usual.right)}, ${latency}.`;
}

/** Of a scenario whose failure is no injected fault, the time is named by itself. */
const whileWords = ({ faults }: DrillRecord): string =>
  faults.length === 0
    ? 'During the failure'
    : `While ${faults.length === 1 ? 'the fault' : 'the faults'} lasted`;

function reactionWords(drill: DrillRecord, arm: DrillArmRecord): string {
  if (!windowOf(arm, 'during')) return '';
  const detected =
    arm.detectedMs === null ? 'No breaker opened' : `A breaker opened after ${duration(arm.detectedMs)}`;
  return `${detected}; ${recoveryWords(drill, arm)}.`;
}

/** "full answers were back 1.11 s after the end" */
export function recoveryWords(drill: DrillRecord, arm: DrillArmRecord): string {
  if (arm.recoveredMs === 0) return 'full answers were back at once';
  if (arm.recoveredMs !== null) return `full answers were back ${duration(arm.recoveredMs)} after the end`;
  return lastsToTheEnd(drill, arm)
    ? 'it lasted to the end, so that recovery was not seen'
    : 'full answers did not come back within the drill';
}

const lastsToTheEnd = ({ durationMs }: DrillRecord, arm: DrillArmRecord): boolean =>
  (windowOf(arm, 'during')?.toMs ?? durationMs) >= durationMs;

function lossWords(arm: DrillArmRecord): string {
  if (arm.lost === 0) return 'No question was lost.';
  const verb = arm.lost === 1 ? 'was' : 'were';
  return `${counted(arm.lost, 'question')} ${verb} lost: ${budgetWords(arm)}.`;
}

/** "1.2 % of a 30-day error budget at 99.9 %" */
export function budgetWords({ budget: { burnt, days, target } }: DrillArmRecord): string {
  const part =
    burnt === 0 ? 'nothing' : burnt > 1 ? `${significant(burnt)} times the whole` : `${share(burnt)}`;
  return `${part} of a ${count(days)}-day error budget at ${chosenShare(target)}`;
}

function promiseWords({ promises }: DrillRecord): string {
  if (promises.length === 0) return 'Nothing was promised.';
  const that = (verdict: DrillRecord['verdict']): string[] =>
    promises.filter((promise) => promise.verdict === verdict).map(({ text }) => oneLine(text));
  const [broken, open] = [that('FAIL'), that('INCONCLUSIVE')];
  const parts = [
    ...(broken.length > 0 ? [`Broken: ${broken.join('; ')}.`] : []),
    ...(open.length > 0 ? [`Undecided: ${open.join('; ')}.`] : []),
  ];
  if (parts.length > 0) return parts.join(' ');
  return promises.length === 1 ? 'What was promised held.' : `All ${promises.length} promises held.`;
}

export interface DrillFigure {
  readonly label: string;
  readonly value: string;
  /** What it is held against, or of. */
  readonly detail: string;
}

/** The tiles of a drill's report. */
export function drillFigures(drill: DrillRecord): DrillFigure[] {
  const arm = mainArm(drill);
  if (!arm) return [];
  const during = windowOf(arm, 'during');
  const reference = referenceOf(arm);
  const [now, usual] = [windowFigures(during), windowFigures(reference)];
  const against = (value: string): string => (reference ? `${reference.name}: ${value}` : 'nothing before');
  const ends = (of: DrillWindowRecord['availabilityCi95'] | undefined): string =>
    of ? `; 95 %: ${interval(of, share)}` : '';
  return [
    {
      label: 'Available meanwhile',
      value: now.availability,
      detail: `${against(usual.availability)}${ends(during?.availabilityCi95)}`,
    },
    { label: 'Right meanwhile', value: now.right, detail: against(usual.right) },
    { label: 'p95 meanwhile', value: now.p95, detail: against(usual.p95) },
    {
      label: 'Detected after',
      value: duration(arm.detectedMs),
      detail: arm.detectedMs === null ? 'no breaker opened' : 'until a breaker opened',
    },
    { label: 'Recovered after', value: recovered(arm), detail: recoveryDetail(drill, arm) },
    { label: 'Questions lost', value: count(arm.lost), detail: `of ${count(arrivalsOf(arm))}` },
    {
      label: 'Error budget burnt',
      value: arm.budget.burnt > 1 ? times(arm.budget.burnt) : share(arm.budget.burnt),
      detail: `of ${arm.budget.days} days at ${chosenShare(arm.budget.target)}`,
    },
    {
      label: 'Amplification',
      value: times(worstOf(arm, 'amplification')),
      detail: 'attempts per call meanwhile, the worst dependency',
    },
  ];
}

export const arrivalsOf = ({ windows }: DrillArmRecord): number =>
  windows.reduce((sum, { arrivals }) => sum + arrivals, 0);

/** "1.11 s", "at once"; the dash where it did not come back. */
export const recovered = ({ recoveredMs }: DrillArmRecord): string =>
  recoveredMs === 0 ? 'at once' : duration(recoveredMs);

function recoveryDetail(drill: DrillRecord, arm: DrillArmRecord): string {
  if (arm.recoveredMs !== null) return 'until all answers were full again';
  return lastsToTheEnd(drill, arm) ? 'it lasted to the end' : 'not within the drill';
}

/** What each pattern is worth while faults last, a sentence a pattern, where arms were run without it. */
export function worthSentences(drill: DrillRecord): string[] {
  const rows = orderedDifferences(drill).filter(({ window }) => window === 'during');
  return [...new Set(rows.map(({ arm }) => arm))].map((arm) => {
    const own = rows.filter((row) => row.arm === arm);
    const told = (word: string): string =>
      own
        .filter((row) => row.word === word && row.ci95 !== null)
        .map((row) => {
          const { of, worth, interval: ends } = differenceRow(row);
          // What is the same for every arrival has no interval worth the name.
          return row.ci95![0] === row.ci95![1] ? `${of} ${worth}` : `${of} ${worth} (${ends})`;
        })
        .join(', ');
    const [helps, harms] = [told('helps'), told('harms')];
    const plain = own
      .filter(
        ({ indicator, estimate }) => indicator !== 'attempts' && indicator !== 'p95' && estimate !== null,
      )
      .every(({ estimate }) => estimate === 0);
    const attempts = own.find(({ indicator }) => indicator === 'attempts');
    const spared =
      attempts?.estimate === null || attempts === undefined || attempts.estimate === 0
        ? ''
        : ` Attempts at dependencies: ${count(Math.abs(attempts.estimate))} ${attempts.estimate > 0 ? 'fewer' : 'more'} with it.`;
    const name = capital(patternOf(arm));
    if (helps === '' && harms === '')
      return plain
        ? `${name} changes nothing in what users get.${spared}`
        : `${name}: no difference in what users get could be told from chance.${spared}`;
    const found = [helps && `helps: ${helps}`, harms && `harms: ${harms}`].filter(Boolean).join('; ');
    return `${name} ${found}.${spared}`;
  });
}

const capital = (text: string): string => text.replace(/^\p{Ll}/u, (first) => first.toUpperCase());
