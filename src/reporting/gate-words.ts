import { quantityOf, subjectOf } from '../objectives/vocabulary.ts';
import type { FlipRecord, GateRecord, GateRow, IndicatorDifference, RunRecord } from '../records/schema.ts';
import { pValue, signed, signedInterval } from './comparison.ts';
import { counted, duration, fineShare, MISSING, perSecond, score, share, usd } from './format.ts';
import {
  changeSize,
  indicatorLoss,
  indicatorLossInterval,
  indicatorValue,
  indicatorWords,
  listed,
  scaleOf,
} from './paired.ts';
import { clip, oneLine } from './plain.ts';

/** What all reports say of a gate: the verdict, what each row of it rests on, and what it cannot see. */

type Verdict = GateRow['verdict'];

const LONGEST_NAME = 120;
const LONGEST_TEXT = 600;
const NAMED = 3;
const MOVED = 6;
const GRAVITY: Readonly<Record<Verdict, number>> = { FAIL: 0, INCONCLUSIVE: 1, PASS: 2 };
const SUBJECTS = ['pinned', 'slo', 'indicator', 'measure'] as const;

export const SUBJECT_WORDS: Readonly<Record<GateRow['subject'], string>> = {
  measure: 'quality',
  indicator: 'speed',
  slo: 'objective',
  pinned: 'pinned question',
};

/** Whether a record is about how one thing stands to another: then one run's own tables are not the subject. */
export const isAgainstAnother = ({ gate, kind }: Pick<RunRecord, 'gate' | 'kind'>): boolean =>
  gate !== undefined || kind === 'compare';

/** Whether anything of speed did not pass, so that all that was measured of it helps to see why. */
export const isSpeedOpen = ({ rows }: GateRecord): boolean =>
  rows.some(({ subject, verdict }) => subject === 'indicator' && verdict !== 'PASS');

/** The gravest first, the primary ones first among their like; else as the policy has them. */
export function orderedRows({ rows }: GateRecord): GateRow[] {
  const rank = ({ verdict, primary, subject }: GateRow): number =>
    100 * GRAVITY[verdict] + (primary ? 0 : 10) + SUBJECTS.indexOf(subject);
  return [...rows].sort((one, other) => rank(one) - rank(other));
}

/** "p95", "ndcg@10 (numeric)", "right answers". */
export function rowName({ subject, name, kind }: Pick<GateRow, 'subject' | 'name' | 'kind'>): string {
  const own =
    subject === 'indicator'
      ? indicatorWords({ indicator: name, stage: null })
      : name === 'right' && subject === 'measure'
        ? 'right answers'
        : oneLine(clip(name, LONGEST_TEXT));
  return clip(`${own}${kind === null ? '' : ` (${oneLine(clip(kind, LONGEST_TEXT))})`}`, LONGEST_NAME);
}

export interface GateCells {
  readonly name: string;
  readonly subject: string;
  readonly verdict: Verdict;
  readonly baseline: string;
  readonly candidate: string;
  /** Positive is worse. */
  readonly loss: string;
  readonly interval: string;
  readonly delta: string;
  readonly p: string;
  readonly detectable: string;
  /** "400 questions", "30 pairs" */
  readonly n: string;
  /** Better, same and worse questions; a dash where there are none. */
  readonly winsTiesLosses: string;
  readonly why: string;
  readonly moved: string;
  /** "primary", "confirmed by a second batch", "not confirmed". */
  readonly remarks: readonly string[];
}

/** One row as every table writes it. */
export function gateCells(row: GateRow): GateCells {
  const { low, high } = { low: row.interval?.[0] ?? null, high: row.interval?.[1] ?? null };
  const writer = writerOf(row);
  return {
    name: rowName(row),
    subject: SUBJECT_WORDS[row.subject],
    verdict: row.verdict,
    baseline: writer.value(row.baseline),
    candidate: writer.value(row.candidate),
    loss: writer.loss(row.estimate),
    interval: writer.ends(low, high),
    delta: writer.size(row.delta),
    p: pValue(row.adjustedP ?? row.p),
    detectable: writer.size(row.detectable),
    n: evidenceOf(row),
    winsTiesLosses:
      row.wins === null || row.ties === null || row.losses === null
        ? MISSING
        : `${row.wins} / ${row.ties} / ${row.losses}`,
    why: asSentence(oneLine(clip(row.why, LONGEST_TEXT))),
    moved: row.moved
      .slice(0, MOVED)
      .map((text) => oneLine(clip(text, LONGEST_TEXT)))
      .join('; '),
    remarks: [
      ...(row.primary ? ['primary'] : []),
      ...(row.confirmed === null
        ? []
        : [row.confirmed ? 'confirmed by a second batch' : 'not confirmed by a second batch']),
    ],
  };
}

const asSentence = (text: string): string => (text === '' || /[.!?…]$/u.test(text) ? text : `${text}.`);

/** "400 questions", "30 pairs"; of an objective and of a pinned question the sentence says it. */
function evidenceOf({ subject, n }: GateRow): string {
  if (n === 0 || subject === 'slo' || subject === 'pinned') return MISSING;
  return counted(n, subject === 'indicator' ? 'pair' : 'question');
}

interface Writer {
  readonly value: (value: number | null) => string;
  readonly loss: (value: number | null) => string;
  readonly ends: (low: number | null, high: number | null) => string;
  readonly size: (value: number | null) => string;
}

const none = (): string => MISSING;

function writerOf(row: GateRow): Writer {
  if (row.subject === 'indicator') {
    const scale: IndicatorDifference['scale'] = scaleOf(row.name);
    return {
      value: (value) => indicatorValue(value, row.name),
      loss: (value) => indicatorLoss(value, row.name),
      ends: (low, high) => indicatorLossInterval(low, high, row.name),
      size: (value) => changeSize(value, scale),
    };
  }
  if (row.subject === 'measure')
    return {
      value: row.name === 'right' ? share : score,
      loss: (value) => signed(value, row.name),
      ends: (low, high) => (low === null || high === null ? MISSING : signedInterval([low, high], row.name)),
      size: (value) => (value === null ? MISSING : signed(Math.abs(value), row.name).slice(1)),
    };
  // Of an objective and of a pinned question there is no loss: it holds, or it does not.
  return {
    value: row.subject === 'slo' ? (value) => sloValue(value, row.name) : rightness,
    loss: none,
    ends: none,
    size: none,
  };
}

/** 1 and 0 of a pinned question; a dash where it was not scored. */
const rightness = (value: number | null): string =>
  value === null ? MISSING : value >= 0.5 ? 'right' : 'wrong';

function sloValue(value: number | null, text: string): string {
  const subject = subjectOf(/^[^\s<>=≤≥]*/u.exec(text)![0].toLowerCase());
  if (!subject) return score(value);
  return { duration, share: fineShare, rate: perSecond, cost: usd, score }[quantityOf(subject)](value);
}

export interface GateHeadline {
  readonly verdict: Verdict;
  readonly claim: string;
  readonly sentence: string;
}

/** "Nothing got worse that these 400 questions and 30 pairs could show", and beneath it what was compared and what cannot be seen. */
export function gateHeadline({
  gate,
  complete,
}: Pick<RunRecord, 'complete'> & { gate: GateRecord }): GateHeadline {
  const { verdict } = gate;
  const claims = { PASS: passClaim, FAIL: failClaim, INCONCLUSIVE: openClaim };
  return {
    verdict,
    claim: !complete && verdict !== 'FAIL' ? 'Undecided: the run was interrupted' : claims[verdict](gate),
    sentence: [againstWords(gate), unseenWords(gate)].filter(Boolean).join(' '),
  };
}

/** "these 400 questions and 30 pairs" */
function evidenceWords({ questions, rows }: GateRecord): string {
  const pairs = Math.max(0, ...rows.filter(({ subject }) => subject === 'indicator').map(({ n }) => n));
  const parts = [
    ...(questions.compared > 0 ? [counted(questions.compared, 'question')] : []),
    ...(pairs > 0 ? [counted(pairs, 'pair')] : []),
  ];
  if (parts.length === 0) return 'this run';
  const one = parts.length === 1 && (questions.compared === 1 || pairs === 1);
  return `${one ? 'this' : 'these'} ${parts.join(' and ')}`;
}

const passClaim = (gate: GateRecord): string => `Nothing got worse that ${evidenceWords(gate)} could show`;

function failClaim(gate: GateRecord): string {
  const failed = orderedRows(gate).filter(({ verdict }) => verdict === 'FAIL');
  const of = (wanted: (row: GateRow) => boolean): string => named(failed.filter(wanted).map(rowName));
  const worse = of(({ subject }) => subject === 'measure' || subject === 'indicator');
  const missed = of(({ subject }) => subject === 'slo');
  const pinned = of(({ subject }) => subject === 'pinned');
  const parts = [
    ...(worse === '' ? [] : [`${worse} got worse`]),
    ...(missed === '' ? [] : [`${missed} does not hold`]),
    ...(pinned === '' ? [] : [`pinned ${pinned} flipped`]),
  ];
  return parts.length === 0
    ? 'It got worse'
    : parts.join('; ').replace(/^./u, (first) => first.toUpperCase());
}

function openClaim(gate: GateRecord): string {
  const open = named(
    orderedRows(gate)
      .filter(({ verdict }) => verdict === 'INCONCLUSIVE')
      .map(rowName),
  );
  return open === '' ? 'Undecided: no verdict was earned' : `Undecided in ${open}`;
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map((name) => clip(name, 60));
  const left = names.length - shown.length;
  if (left > 0) return `${shown.join(', ')} and ${left} more`;
  return listed(shown);
}

/** "Against main of 2026-03-01 (9fceb02d0ae5): both ran here, in turns." */
export function againstWords({ baseline, basis }: GateRecord): string {
  const commit = baseline.commit === null ? '' : ` (${clip(oneLine(baseline.commit), 12).replace('…', '')})`;
  const day = /^\d{4}-\d\d-\d\d/.exec(baseline.startedAt)?.[0];
  const how =
    basis === 'interleaved'
      ? 'both ran on this machine, in turns'
      : 'with its saved record, question by question';
  return `Against ${clip(oneLine(clip(baseline.name, LONGEST_TEXT)), 80)}${commit}${day === undefined ? '' : ` of ${day}`}: ${how}.`;
}

/** What a PASS does not say. */
export function unseenWords({ unseen }: GateRecord): string {
  const text = oneLine(unseen).replace(/\.$/, '');
  if (text === '') return '';
  return /^cannot see /i.test(text)
    ? `It ${text[0]!.toLowerCase()}${text.slice(1)}.`
    : `It cannot see ${text}.`;
}

/** Why latency could not be judged, or not well; empty where it was. */
export const weakerWords = ({ weaker }: GateRecord): string => (weaker === null ? '' : oneLine(weaker));

/** "400 questions compared; 3 stand in the baseline alone; the ranking of 12 changed, the answer of 20." */
export function questionWords({ questions }: GateRecord): string {
  const { compared, onlyBefore, onlyAfter, changedRankings, changedAnswers } = questions;
  if (compared === 0 && onlyBefore === 0 && onlyAfter === 0) return '';
  const alone = [
    ...(onlyBefore > 0 ? [`${onlyBefore} only in the baseline`] : []),
    ...(onlyAfter > 0 ? [`${onlyAfter} only in the candidate`] : []),
  ];
  const changed =
    changedRankings === 0 && changedAnswers === 0
      ? 'no ranking and no answer changed'
      : `${counted(changedRankings, 'ranking')} and ${counted(changedAnswers, 'answer')} changed`;
  return `${counted(compared, 'question')} compared${alone.length === 0 ? '' : ` (${alone.join(', ')})`}; ${changed}.`;
}

/** How many rows have each verdict: "1 FAIL, 2 INCONCLUSIVE, 9 PASS". */
export function tally({ rows }: GateRecord): string {
  return (['FAIL', 'INCONCLUSIVE', 'PASS'] as const)
    .map((verdict) => [rows.filter((row) => row.verdict === verdict).length, verdict] as const)
    .filter(([n]) => n > 0)
    .map(([n, verdict]) => `${n} ${verdict}`)
    .join(', ');
}

/** Whether the verdict follows from the rows; else the run itself could not be trusted. */
export function isExplained({ verdict, rows }: GateRecord): boolean {
  return verdict === 'PASS' || rows.some((row) => row.verdict === verdict);
}

/** Pinned questions first, then what broke, then what was mended; what only changed comes last. */
export function orderedFlips({ flips }: GateRecord): FlipRecord[] {
  const rank = (flip: FlipRecord): number => (flip.must ? 0 : 10) + FLIP_ORDER.indexOf(flipKind(flip));
  return [...flips].sort((one, other) => rank(one) - rank(other));
}

export type FlipKind = 'broke' | 'mended' | 'changed';
const FLIP_ORDER: readonly FlipKind[] = ['broke', 'mended', 'changed'];

export function flipKind({ before, after }: Pick<FlipRecord, 'before' | 'after'>): FlipKind {
  if (before === 'right' && after === 'wrong') return 'broke';
  return before === 'wrong' && after === 'right' ? 'mended' : 'changed';
}

/** "right → wrong"; what kept its mark says so. */
export const flipWords = ({ before, after }: Pick<FlipRecord, 'before' | 'after'>): string =>
  before === after ? `still ${before}` : `${before} → ${after}`;

/** "7 broke, 3 were mended, 12 changed otherwise." */
export function flipTally({ flips }: GateRecord): string {
  const of = (kind: FlipKind): number => flips.filter((flip) => flipKind(flip) === kind).length;
  const parts = [
    [of('broke'), 'went from right to wrong'],
    [of('mended'), 'from wrong to right'],
    [of('changed'), 'changed otherwise'],
  ] as const;
  return `${parts
    .filter(([n]) => n > 0)
    .map(([n, words]) => `${n} ${words}`)
    .join(', ')}.`;
}
